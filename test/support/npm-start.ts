import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEachFile } from './after-each-file.ts';
import { type Api, apiOf } from './api.ts';
import { childrenOf } from './processes.ts';
import { temporaryFolder } from './temporary-folder.ts';

const repository = resolve(import.meta.dirname, '../..');
const children = new Set<ChildProcess>();

export interface NpmStart {
  url: string;
  /** As the data folder's file `root-token` has it. */
  rootToken: string;
  data: string;
  /** Calls the REST API as root. */
  api: Api;
  /** Every line printed until now. */
  output(): string;
  /** Signals npm with SIGTERM, as a person's Ctrl-C or a service manager does; answers npm's exit code. */
  stop(): Promise<number | null>;
  /** Kills the server's own process, as a crash does: nothing it started is told. */
  kill9(): Promise<void>;
}

/**
 * Runs the real `npm start` on a free port, in an environment as bare as a new machine's, and waits until
 * it says that it is ready. Throws with its output when it ends instead.
 */
export async function npmStart({
  data = temporaryFolder(),
  flags = [] as string[],
  env = {} as Record<string, string>,
  cwd = repository,
} = {}): Promise<NpmStart> {
  const args = ['start', '--prefix', repository, '--', '--port', '0', '--data', data, ...flags];
  const npm = spawn('npm', args, {
    cwd,
    env: { ...bareEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(npm);
  const ended = once(npm, 'close').then(([code]: (number | null)[]) => {
    children.delete(npm);
    return code ?? null;
  });
  const lines: string[] = [];
  const ready = Promise.withResolvers<string>();
  for (const stream of [npm.stdout, npm.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      const address = /^Jobyard is ready at (http:\S+)$/.exec(line)?.[1];
      if (address) ready.resolve(address);
    });
  }
  const output = () => lines.join('\n');
  void ended.then((code) => ready.reject(new Error(`npm start ended with ${code}:\n${output()}`)));

  const url = await ready.promise;
  const rootToken = readFileSync(join(data, 'root-token'), 'utf8').trim();
  return {
    url,
    rootToken,
    data,
    api: apiOf(url, rootToken),
    output,
    async stop() {
      npm.kill('SIGTERM');
      return await ended;
    },
    async kill9() {
      // npm runs a script as its child, and the script becomes the server by `exec`.
      for (const server of childrenOf(npm.pid)) process.kill(server, 'SIGKILL');
      await ended;
    },
  };
}

/** What a login gives, without what `npm test` added: so the Node that is found is the one npm brings. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const { HOME, LANG, TMPDIR, USER, PATH = '' } = process.env;
  const folders = PATH.split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return { HOME, LANG, TMPDIR, USER, PATH: folders.join(delimiter) };
}

afterEachFile(() => {
  for (const npm of children) {
    for (const server of childrenOf(npm.pid)) process.kill(server, 'SIGKILL');
    npm.kill('SIGKILL');
  }
});
