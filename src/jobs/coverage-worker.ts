import { enableCompileCache } from 'node:module';
import { openPort } from '../threads/thread-port.ts';
import type { Asked, Told } from './coverage-thread.ts';

enableCompileCache();
const { coverageIn } = await import('./coverage.ts');

openPort<Asked, Told>(({ log, pattern }, tell) => tell({ coverage: coverageIn(log, pattern) }));
