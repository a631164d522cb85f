import { enableCompileCache } from 'node:module';
import { openPort } from '../threads/thread-port.ts';
import type { Answer, Question } from '../ci/repository-view.ts';
import type { Asked, Told } from './compiler-thread.ts';

enableCompileCache();
const { compile } = await import('../ci/compile.ts');
const { draftResult } = await import('./pipeline-draft.ts');

/** Resolved when the text of the file asked for last is told. One compilation at a time asks for one file at a time. */
const waiting = new Map<string, (text: string | null) => void>();
/** The same for what rules ask: one question at a time. */
let answered: (answer: Answer) => void = () => {};

openPort<Asked, Told>(async (message, tell) => {
  if (message.kind === 'file') {
    waiting.get(message.path)?.(message.text);
    waiting.delete(message.path);
    return;
  }
  if (message.kind === 'answer') return answered(message.answer);
  const fetchFile = (path: string) =>
    new Promise<string | null>((resolve) => {
      waiting.set(path, resolve);
      tell({ kind: 'fetch', path });
    });
  const lookUp = (question: Question) =>
    new Promise<Answer>((resolve) => {
      answered = resolve;
      tell({ kind: 'look_up', question });
    });
  const { input } = message;
  tell({ kind: 'result', result: draftResult(await compile({ ...input, fetchFile, lookUp }), input) });
});
