import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { applyPatch, type Patch } from './patch.ts';

export type Outcome = 'caught' | 'survived' | 'does not apply' | 'tests fail without it' | 'took too long';

export interface Verdict {
  patch: Patch;
  outcome: Outcome;
  seconds: number;
  /** What the tests said, for whoever has to find out why. */
  output: string;
}

/** A test run that a patch sends into a loop is no answer. Milliseconds. */
const patience = 180_000;
/** Not part of the program, or too large to copy. */
const leftBehind = new Set(['node_modules', '.git', 'data', 'dist', 'coverage', '.jobyard']);

/**
 * Applies each patch on its own in a temporary copy of `root` and runs its tests there. A patch whose tests
 * are red without it as well proves nothing, so each set of tests first runs unpatched.
 */
export async function* mutate(root: string, patches: Patch[]): AsyncGenerator<Verdict> {
  const copy = mkdtempSync(join(tmpdir(), 'jobyard-mutate-'));
  try {
    cpSync(root, copy, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !leftBehind.has(relative(root, path).split('/')[0] ?? ''),
    });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const unpatched = new Map<string, Promise<TestRun>>();
    for (const patch of patches) {
      const from = performance.now();
      const key = patch.tests.toSorted().join(' ');
      const sound = await (unpatched.get(key) ?? runTests(copy, patch.tests));
      unpatched.set(key, Promise.resolve(sound));
      const { outcome, output } =
        sound.result === 'green'
          ? await tryPatch(copy, patch)
          : ({ outcome: 'tests fail without it', output: sound.output } as const);
      yield { patch, outcome, output, seconds: (performance.now() - from) / 1000 };
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function tryPatch(copy: string, patch: Patch): Promise<{ outcome: Outcome; output: string }> {
  const file = join(copy, patch.file);
  if (!existsSync(file)) return { outcome: 'does not apply', output: `${patch.file} does not exist` };
  const before = readFileSync(file, 'utf8');
  try {
    writeFileSync(file, applyPatch(before, patch));
  } catch (error) {
    return { outcome: 'does not apply', output: String(error) };
  }
  try {
    const { result, output } = await runTests(copy, patch.tests);
    const outcomes = { red: 'caught', green: 'survived', hanging: 'took too long' } as const;
    return { outcome: outcomes[result], output };
  } finally {
    writeFileSync(file, before);
  }
}

interface TestRun {
  result: 'green' | 'red' | 'hanging';
  output: string;
}

async function runTests(folder: string, tests: string[]): Promise<TestRun> {
  const missing = tests.filter((test) => !existsSync(join(folder, test)));
  if (missing.length > 0 || tests.length === 0) {
    return { result: 'red', output: `No such test file: ${missing.join(', ') || '(none named)'}` };
  }
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--bail=1', '--reporter=default', ...tests], {
    cwd: folder,
    // A test run may itself be what calls us: its settings are not for the one inside.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'))),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    // Its whole group: workers and servers of the tests too.
    process.kill(-child.pid!, 'SIGKILL');
  }, patience);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { result: late ? 'hanging' : code === 0 ? 'green' : 'red', output };
}
