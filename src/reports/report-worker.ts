import { enableCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { ReportRequest } from './read-report.ts';
import type { Asked, Told } from './report-thread.ts';

enableCompileCache();
const { readReport } = await import('./read-report.ts');

const port = parentPort;
if (!port) throw new Error('report-worker.ts runs in a worker thread');
const PIECE = 1000;
const tell = (message: Told) => port.postMessage(message);
/** Called when what was told last has been written. */
let goOn = () => {};

const tellAndWait = (message: Told) =>
  new Promise<void>((resolve) => {
    goOn = resolve;
    tell(message);
  });

/** A long list comes in pieces, so that whoever takes it is never busy for long. */
async function answer(request: ReportRequest): Promise<void> {
  const result = await readReport(request, (text) => tellAndWait({ kind: 'text', bytes: Buffer.from(text) }));
  if (result.kind === 'tests')
    while (result.tests.length > 0)
      await tellAndWait({ kind: 'tests', tests: result.tests.splice(0, PIECE) });
  tell({ kind: 'result', result });
}

port.on('message', (message: Asked) => {
  if (message.kind === 'go_on') return goOn();
  answer(message.request).catch((error: unknown) =>
    tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? '') : String(error) }),
  );
});
