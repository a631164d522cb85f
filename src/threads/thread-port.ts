import { parentPort } from 'node:worker_threads';

/** What a thread tells of an error: its stack. */
export interface Failed {
  failed: string;
}

/** The thread's end of a WorkerThread's conversation; what `answer` throws fails the task there. */
export function openPort<Asked, Told extends object | number | null>(
  answer: (message: Asked, tell: (message: Told) => void) => void | Promise<void>,
): void {
  const port = parentPort;
  if (!port) throw new Error('this program runs in a worker thread');
  const tell = (message: Told | Failed) => port.postMessage(message);
  port.on('message', async (message: Asked) => {
    try {
      await answer(message, tell);
    } catch (error) {
      tell({ failed: error instanceof Error ? (error.stack ?? '') : String(error) });
    }
  });
}
