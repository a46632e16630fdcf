/** For tests: the English words, before anything asks for them. `import '../i18n/english.ts';` */
import { speak } from './index.ts';

await speak('en');
