/** `npm run build`: builds the web app, changed or not. */
import { ensureDependencies, ensureNode, ensureWebApp, runMain } from './setup.mjs';

await runMain(async () => {
  await ensureDependencies();
  await ensureWebApp(await ensureNode(), { force: true });
});
