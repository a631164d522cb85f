import { enableCompileCache } from 'node:module';
import type { Answer, Question } from '../ci/repository-view.ts';
import type { Ask } from '../ci/sources.ts';
import { openPort } from '../threads/thread-port.ts';
import type { Asked, Told, Wanted } from './compiler-thread.ts';
import type { DraftResult } from './pipeline-draft.ts';

enableCompileCache();
const { compileExplained } = await import('../ci/explain.ts');
const { lint } = await import('../ci/lint.ts');
const { runForm } = await import('../ci/run-form.ts');
const { draftConfiguration } = await import('./configuration-draft.ts');
const { draftExplanation } = await import('./explanation-draft.ts');
const { draftResult } = await import('./pipeline-draft.ts');

/** Resolved with the answer to the question of this number. */
const waiting = new Map<number, (answer: never) => void>();
let questions = 0;

openPort<Asked, Told>(async (message, tell) => {
  if (message.kind === 'answer') {
    waiting.get(message.number)?.(message.answer as never);
    waiting.delete(message.number);
    return;
  }
  // What was asked for a compilation that has been given up is answered to nobody.
  waiting.clear();
  const want = <T>(wanted: Wanted) =>
    new Promise<T>((resolve) => {
      waiting.set(++questions, resolve);
      tell({ kind: 'want', number: questions, wanted });
    });
  const fetchFile = (path: string) => want<string | null>({ kind: 'own_file', path });
  const lookUp = (question: Question) => want<Answer>({ kind: 'look_up', question });
  const ask: Ask = (kind, question) => want({ kind, ...question } as Wanted);
  const input = { ...message.input, fetchFile, lookUp, ask };
  const results = {
    draft: async (): Promise<DraftResult> => {
      const { result, read, explanation } = await compileExplained(input);
      const draft = draftResult(result, message.input);
      if (!message.input.kept_of?.includes(draft.outcome)) return draft;
      const configuration = draftConfiguration(read, message.input, message.merged_yaml_size);
      const kept = { explanation: draftExplanation(explanation, configuration), configuration };
      return { ...draft, kept };
    },
    run_form: () => runForm(input),
    explain: async () => JSON.stringify((await compileExplained(input)).explanation),
    lint: () => lint(input, { dry_run: false }),
    dry_run: () => lint(input, { dry_run: true }),
  };
  tell({ kind: 'result', result: await results[message.into]() });
});
