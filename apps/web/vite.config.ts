import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './build/precompress.ts';
import { serviceWorker } from './build/serviceWorker.ts';

/** Where `npm run dev` finds the service. */
const server = process.env['KITH_SERVER'] ?? 'http://localhost:4040';

export default defineConfig({
  plugins: [react(), serviceWorker(), precompress()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    // The size check reads it: initial script means the entry and what it imports statically.
    manifest: true,
    sourcemap: false,
  },
  server: {
    proxy: {
      '/v1': { target: server, ws: true },
      '/docs': server,
      '/openapi.json': server,
    },
  },
});
