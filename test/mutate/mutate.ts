import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { applyPatch, type Patch } from './patch.ts';
import { type Databases, runTests } from './run-tests.ts';

export type Outcome = 'caught' | 'survived' | 'does not apply' | 'tests fail without it' | 'took too long';

export interface Verdict {
  patch: Patch;
  outcome: Outcome;
  seconds: number;
  /** What the tests said, for whoever has to find out why. */
  output: string;
}

/** Not part of the program, or too large to copy. */
const leftBehind = new Set(['node_modules', '.git', 'data', 'dist', 'coverage', '.jobyard']);

/** A test that a patch sends into a loop is no answer. Milliseconds. */
const PATIENCE = 180_000;
/** The unpatched tests of all patches together. */
const PATIENCE_WITH_ALL = 600_000;

const databasesOf = (patch: Patch): Databases => (patch.postgres ? 'sqlite,postgres' : 'sqlite');

/**
 * Applies each patch on its own and runs its tests, `lanes` of them at a time, each lane in a temporary copy
 * of `root`. Answers in the patches' order. A patch whose tests are red without it as well proves nothing, so
 * first all tests that any of them names run unpatched.
 */
export async function* mutate(root: string, patches: Patch[], lanes = 2): AsyncGenerator<Verdict> {
  const copies = Array.from({ length: Math.min(lanes, patches.length) }, () => copyOf(root));
  try {
    const [first] = copies;
    if (first === undefined) return;
    const sound = await soundTests(first, patches);
    const verdicts = patches.map(() => Promise.withResolvers<Verdict>());
    const turns = patches.entries();
    const lane = async (copy: string) => {
      for (const [index, patch] of turns) {
        const from = performance.now();
        const { outcome, output } = await tryPatch(copy, patch, sound);
        verdicts[index]?.resolve({ patch, outcome, output, seconds: (performance.now() - from) / 1000 });
      }
    };
    const done = Promise.all(copies.map(lane));
    done.catch((error: unknown) => verdicts.forEach(({ reject }) => reject(error)));
    for (const { promise } of verdicts) yield await promise;
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  }
}

function copyOf(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'jobyard-mutate-'));
  cpSync(root, copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !leftBehind.has(relative(root, path).split('/')[0] ?? ''),
  });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** What the test files say without any patch. */
interface Sound {
  /** The green ones, by databases and file. */
  green: Set<string>;
  output: string;
}

async function soundTests(copy: string, patches: Patch[]): Promise<Sound> {
  const sound: Sound = { green: new Set(), output: '' };
  for (const [databases, some] of Map.groupBy(patches, databasesOf)) {
    const files = new Set(some.flatMap(({ tests }) => tests).filter((file) => existsSync(join(copy, file))));
    if (files.size === 0) continue;
    const run = await runTests(copy, [...files], { databases, patience: PATIENCE_WITH_ALL });
    for (const file of run.green) sound.green.add(`${databases} ${file}`);
    sound.output += run.output;
  }
  return sound;
}

async function tryPatch(
  copy: string,
  patch: Patch,
  sound: Sound,
): Promise<{ outcome: Outcome; output: string }> {
  const databases = databasesOf(patch);
  const unsound = patch.tests.filter((file) => !sound.green.has(`${databases} ${file}`));
  if (unsound.length > 0 || patch.tests.length === 0)
    return {
      outcome: 'tests fail without it',
      output: `${sound.output}\nNot green: ${unsound.join(', ') || '(none named)'}`,
    };
  const file = join(copy, patch.file);
  if (!existsSync(file)) return { outcome: 'does not apply', output: `${patch.file} does not exist` };
  const before = readFileSync(file, 'utf8');
  try {
    writeFileSync(file, applyPatch(before, patch));
  } catch (error) {
    return { outcome: 'does not apply', output: String(error) };
  }
  try {
    const { result, output } = await runTests(copy, patch.tests, {
      databases,
      patience: PATIENCE,
      bail: true,
    });
    const outcomes = { red: 'caught', green: 'survived', hanging: 'took too long' } as const;
    return { outcome: outcomes[result], output };
  } finally {
    writeFileSync(file, before);
  }
}
