import { enableCompileCache } from 'node:module';
import { openPort } from '../threads/thread-port.ts';
import type { Asked, Told } from './report-thread.ts';

enableCompileCache();
const { readReport } = await import('./read-report.ts');

const PIECE = 1000;
/** Called when what was told last has been written. */
let goOn = () => {};

/** A long list comes in pieces, so that whoever takes it is never busy for long. */
openPort<Asked, Told>(async (message, tell) => {
  if (message.kind === 'go_on') return goOn();
  const tellAndWait = (piece: Told) =>
    new Promise<void>((resolve) => {
      goOn = resolve;
      tell(piece);
    });
  const result = await readReport(message.request, (text) =>
    tellAndWait({ kind: 'text', bytes: Buffer.from(text) }),
  );
  if (result.kind === 'tests')
    while (result.tests.length > 0)
      await tellAndWait({ kind: 'tests', tests: result.tests.splice(0, PIECE) });
  tell({ kind: 'result', result });
});
