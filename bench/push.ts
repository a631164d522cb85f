import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Benchmark } from './frame/benchmark.ts';
import type { LeanRunner } from './frame/lean-runner.ts';
import { measure, type Step } from './frame/measure.ts';
import { startServer } from './frame/server-process.ts';
import { openYard, OURS } from './seed/yard.ts';

const COMMITS = 100;
const NAME = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];

export const benchmark: Benchmark = {
  name: 'From a push to its first job',
  about: `\`git push\` of one commit over HTTP, from the start of git until a waiting runner has been given the pipeline's
first job; on SQLite. The floor is the same push through a bare node:http server that runs \`git http-backend\`, until git
has ended; it makes no pipeline. What counts is the difference between the two medians: a second divided by the floor's
rate is its own.`,
  async run({ folder, seconds }) {
    const yard = await openYard(folder);
    const bare = await startServer('bench/floors/http-backend.ts', [join(folder, 'floor')]);
    try {
      await yard.configure('main', JSON.stringify({ job: { tags: [OURS], script: ['make'] } }));
      const [runner] = await yard.runners(1);
      if (!runner) throw new Error('no runner');
      const origin = new URL(yard.project.http_url_to_repo);
      Object.assign(origin, { username: 'root', password: yard.token });
      const clone = join(folder, 'clone');
      git(folder, 'clone', '-q', origin.href, clone);
      const floorUrl = `${bare.url}/bench.git`;
      git(clone, 'push', '-q', floorUrl, 'main');
      const floor = pushes('bare node:http and git http-backend', clone, floorUrl, (pushed) => pushed);
      const subject = pushes('from git push until a runner has the job', clone, origin.href, (pushed) =>
        untilHandedOut(runner, pushed),
      );
      return [await measure({ ...subject, pauses: yard.server.pauses }, floor, seconds * 2)];
    } finally {
      await bare.stop();
      await yard.close();
    }
  },
};

/** Pushes one commit after the other to the branch main of `url`. */
function pushes(
  name: string,
  clone: string,
  url: string,
  measured: (push: Promise<void>) => Promise<unknown>,
): Step {
  let commits: string[] = [];
  return {
    name,
    stock: COMMITS,
    prepare: () => {
      // Both begin where the other has ended: a push of the commits that were left brings them there.
      const last = commits.at(-1);
      if (last !== undefined) git(clone, 'push', '-q', '-o', 'ci.skip', url, `${last}:refs/heads/main`);
      commits = commitsAfter(clone, last ?? 'HEAD');
    },
    once: () => {
      const commit = commits.shift();
      return measured(push(clone, url, `${commit}:refs/heads/main`));
    },
  };
}

/** When the runner has its job; it waited before the push began. */
async function untilHandedOut(runner: LeanRunner, pushed: Promise<void>): Promise<{ waited: number }> {
  const from = performance.now();
  const { job, status } = await runner.request();
  if (!job) throw new Error(`no job: ${status}`);
  const waited = performance.now() - from;
  await pushed;
  return { waited };
}

async function push(clone: string, url: string, refspec: string): Promise<void> {
  const child = spawn('git', ['-C', clone, 'push', '-q', url, refspec], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  const [status] = (await once(child, 'close')) as [number];
  if (status !== 0) throw new Error(`git push ended with ${status}: ${said}`);
}

function commitsAfter(clone: string, start: string): string[] {
  const commits: string[] = [];
  for (let parent = start; commits.length < COMMITS; commits.push(parent))
    parent = git(clone, ...NAME, 'commit-tree', '-p', parent, '-m', 'One more', 'HEAD^{tree}');
  return commits;
}

const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();
