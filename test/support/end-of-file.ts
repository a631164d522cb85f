import { afterAll } from 'vitest';
import { endFile } from './after-each-file.ts';

// Vitest loads this module anew for each test file.
afterAll(endFile);
