import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { processesWith } from '../../support/processes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Call, readRecording, STRACE } from './recording.ts';

const repository = resolve(import.meta.dirname, '../../..');

/** Whether a program can be watched here: strace is there, and may trace. */
export const canRecord = () => spawnSync('strace', ['--trace=none', 'true']).status === 0;

/** A server on this data folder, all of whose writes are recorded. */
export async function recordedServer(data: string): Promise<{ url: string; end(): Promise<Call[]> }> {
  const file = join(temporaryFolder(), 'calls');
  const args = [process.execPath, 'src/main.js', 'serve', '--data', data, '--port', '0', '--runner', 'off'];
  const strace = spawn('strace', [...STRACE, `--output=${file}`, ...args], {
    cwd: repository,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(strace, 'close');
  const ready = Promise.withResolvers<string>();
  createInterface({ input: strace.stdout }).on('line', (line) => {
    const address = /^Jobyard is ready at (http:\S+)$/.exec(line)?.[1];
    if (address) ready.resolve(address);
  });
  void ended.then(() => ready.reject(new Error('the recorded server has ended')));
  return {
    url: await ready.promise,
    async end() {
      for (const pid of processesWith(data)) if (pid !== strace.pid) process.kill(pid, 'SIGKILL');
      await ended;
      return await readRecording(file);
    },
  };
}
