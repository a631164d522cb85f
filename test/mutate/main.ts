/**
 * Shows that the tests see defects: applies small named patches one at a time, each of which must turn a test
 * red. `npm run mutate`, `npm run mutate -- --only src/ci` (part of a name, or of the path that is patched),
 * `npm run mutate -- --list`.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mutate, type Verdict } from './mutate.ts';
import { readPatches } from './patch.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } });
const root = resolve(import.meta.dirname, '../..');
const all = await readPatches(join(import.meta.dirname, 'patches'));
const only = values.only ?? '';
const patches = all.filter(({ name, file }) => name.includes(only) || file.includes(only));

if (patches.length === 0) {
  console.error(`No patch has '${only}' in its name or path. --list names all ${all.length}.`);
  process.exit(1);
}
if (values.list) {
  for (const { name, file } of patches) console.log(`${name} (${file})`);
  process.exit(0);
}

const verdicts: Verdict[] = [];
for await (const verdict of mutate(root, patches)) {
  verdicts.push(verdict);
  const { outcome, patch, seconds } = verdict;
  console.log(
    `${String(verdicts.length).padStart(3)}/${patches.length}  ${outcome}  ${patch.name}  (${seconds.toFixed(1)} s)`,
  );
}

const missed = verdicts.filter(({ outcome }) => outcome !== 'caught');
for (const { patch, outcome, output } of missed) {
  console.log(`\n${patch.name}: ${outcome}\n  in ${patch.file}, asked ${patch.tests.join(', ')}`);
  if (outcome !== 'survived') console.log(output.trim().split('\n').slice(-30).join('\n'));
}
const total = verdicts.reduce((sum, { seconds }) => sum + seconds, 0);
const caught = verdicts.length - missed.length;
console.log(`\n${caught} of ${verdicts.length} patches were caught, in ${total.toFixed(0)} s`);
process.exit(missed.length > 0 ? 1 : 0);
