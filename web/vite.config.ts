import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const SERVER = process.env.JOBYARD_URL ?? 'http://127.0.0.1:8080';
/** The server takes a page for its own by the host that the browser names, so that is handed on. */
const PROXY = { target: SERVER, changeOrigin: false };

/** Of what nearly every text is. */
const FONT = /inter-latin-wght-normal-[^/]*\.woff2$/;

/**
 * The HTML names the font: a browser would ask for it only when the first text stands there, and then lay out and draw all
 * of the page once more.
 */
const fontAhead: Plugin = {
  name: 'font-ahead',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      if (!bundle) return [];
      const file = Object.keys(bundle).find((each) => FONT.test(each));
      if (!file) throw new Error('the font of the app is not among what was built');
      const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${file}` };
      return [{ tag: 'link', attrs, injectTo: 'head' }];
    },
  },
};

export default defineConfig({
  plugins: [react(), fontAhead],
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
