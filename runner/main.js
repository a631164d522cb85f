import { enableCompileCache } from 'node:module';

// As in src/main.js: types are stripped once, not at every start.
enableCompileCache();

await import('./main.ts');
