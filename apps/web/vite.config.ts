import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { layers } from './build/layers.ts';
import { locales } from './build/locales.ts';
import { precompress } from './build/precompress.ts';
import { serviceWorker } from './build/serviceWorker.ts';

/** Where `npm run dev` finds the service. */
const server = process.env['KITH_SERVER'] ?? 'http://localhost:4040';

export default defineConfig({
  plugins: [locales(), react(), layers(), serviceWorker(), precompress()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    sourcemap: false,
    // What the first frame needs comes as one file: what lazy rooms share with it would else be seventy, each asked for and
    // packed alone.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
  },
  server: {
    proxy: {
      '/v1': { target: server, ws: true },
      '/docs': server,
      '/openapi.json': server,
    },
  },
});
