import { enableCompileCache } from 'node:module';
import { openPort } from '../threads/thread-port.ts';
import type { Asked, Told } from './compiler-thread.ts';

enableCompileCache();
const { compile } = await import('../ci/compile.ts');
const { draftResult } = await import('./pipeline-draft.ts');

/** Resolved when the text of the file asked for last is told. One compilation at a time asks for one file at a time. */
const waiting = new Map<string, (text: string | null) => void>();

openPort<Asked, Told>(async (message, tell) => {
  if (message.kind === 'file') {
    waiting.get(message.path)?.(message.text);
    waiting.delete(message.path);
    return;
  }
  const fetchFile = (path: string) =>
    new Promise<string | null>((resolve) => {
      waiting.set(path, resolve);
      tell({ kind: 'fetch', path });
    });
  const { input } = message;
  tell({ kind: 'result', result: draftResult(await compile({ ...input, fetchFile }), input) });
});
