import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const SERVER = process.env.JOBYARD_URL ?? 'http://127.0.0.1:8080';
/** The server takes a page for its own by the host that the browser names, so that is handed on. */
const PROXY = { target: SERVER, changeOrigin: false };

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    // Every file below it has the hash of its content in its name, and is kept by browsers for ever.
    assetsDir: 'assets',
    // A data: address would need a wider content security policy.
    assetsInlineLimit: 0,
    // Which files a page needs, for web/build.ts.
    manifest: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // A browser asks for six files at a time without HTTP/2: dozens of small ones cost more than some bytes too many.
        codeSplitting: {
          groups: [
            { name: 'frame', tags: ['$initial'], priority: 2 },
            { name: 'icons', test: /lucide-react/, minShareCount: 2, priority: 1 },
            // What most pages have in common.
            { name: 'parts', minShareCount: 12 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': PROXY, '/users/auth': PROXY, '/-/': PROXY } },
});
