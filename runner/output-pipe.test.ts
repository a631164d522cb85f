import { closeSync, mkdtempSync, openSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OutputPipe } from './output-pipe.ts';

async function openPipe(): Promise<{ pipe: OutputPipe; read: () => string; isEnded: () => boolean }> {
  const folder = mkdtempSync(join(tmpdir(), 'jobyard-pipe-'));
  let text = '';
  let ended = false;
  const pipe = await OutputPipe.open(join(folder, 'pipe'), {
    write: (chunk) => (text += chunk.toString()),
    end: () => (ended = true),
  });
  // An empty folder: the pipe has no name any more.
  rmdirSync(folder);
  return { pipe, read: () => text, isEnded: () => ended };
}

test('what a process wrote before it ended has been read when the pipe is drained', async () => {
  const { pipe, read, isEnded } = await openPipe();
  writeSync(pipe.fd, 'x'.repeat(60_000));
  pipe.release();
  await pipe.drained();
  expect(read()).toHaveLength(60_000);
  expect(isEnded()).toBe(true);
});

test('a background process that keeps the pipe open holds nobody up, and is still heard', async () => {
  const { pipe, read, isEnded } = await openPipe();
  const background = openSync(`/proc/self/fd/${pipe.fd}`, 'w');
  writeSync(pipe.fd, 'first');
  pipe.release();
  await pipe.drained();
  expect(isEnded()).toBe(false);
  writeSync(background, ', second');
  closeSync(background);
  await pipe.drained();
  expect(read()).toBe('first, second');
  expect(isEnded()).toBe(true);
});
