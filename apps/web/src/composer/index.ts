export { Composer, Composer as default, type ComposerProps } from './Composer.tsx';
export { clearDrafts, useDraftText } from './drafts.ts';
