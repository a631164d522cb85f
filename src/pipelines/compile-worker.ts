import { enableCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { Asked, Told } from './compiler-thread.ts';

enableCompileCache();
const { compile } = await import('../ci/compile.ts');

const port = parentPort;
if (!port) throw new Error('compile-worker.ts runs in a worker thread');
const tell = (message: Told) => port.postMessage(message);
/** Resolved when the text of the file asked for last is told. One compilation at a time asks for one file at a time. */
const waiting = new Map<string, (text: string | null) => void>();

const fetchFile = (path: string) =>
  new Promise<string | null>((resolve) => {
    waiting.set(path, resolve);
    tell({ kind: 'fetch', path });
  });

port.on('message', (message: Asked) => {
  if (message.kind === 'file') {
    waiting.get(message.path)?.(message.text);
    waiting.delete(message.path);
    return;
  }
  compile({ ...message.input, fetchFile }).then(
    (result) => tell({ kind: 'result', result }),
    (error: unknown) =>
      tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? '') : String(error) }),
  );
});
