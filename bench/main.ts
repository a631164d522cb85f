/**
 * Runs the benchmarks and writes their figures into docs/benchmarks.md: `npm run bench` all of them,
 * `npm run bench -- NAME…` some. `--seconds N` for each measurement, `--dry` to leave the document alone.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import type { Benchmark } from './frame/benchmark.ts';
import { circumstances, tableOf, withSection } from './frame/report.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '5' }, dry: { type: 'boolean', default: false } },
});
const seconds = Number(values.seconds);
const document = resolve(import.meta.dirname, '../docs/benchmarks.md');

const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -'.ts'.length));
const wanted = positionals.length > 0 ? positionals : known;
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0 || !(seconds > 0)) {
  console.error(
    unknown.length > 0
      ? `No benchmark is called ${unknown.join(', ')}. There are: ${known.join(', ')}`
      : `--seconds must be a number above 0, not ${values.seconds}`,
  );
  process.exit(1);
}

for (const name of wanted) {
  const { benchmark } = (await import(`./${name}.ts`)) as { benchmark: Benchmark };
  const folder = mkdtempSync(join(tmpdir(), 'jobyard-bench-'));
  try {
    console.log(`\n${benchmark.name}`);
    const figures = await benchmark.run({
      folder,
      seconds,
      scale: 1,
      progress: (message) => console.log(`  ${message}`),
    });
    console.log(tableOf(figures));
    const command = ['npm run bench --', name, ...(seconds === 5 ? [] : ['--seconds', seconds])].join(' ');
    const section = [
      `## ${benchmark.name}`,
      benchmark.about,
      tableOf(figures),
      circumstances(command, new Date()),
    ];
    if (!values.dry) await write(name, section.join('\n\n'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function write(name: string, section: string): Promise<void> {
  const before = existsSync(document) ? readFileSync(document, 'utf8') : '# Benchmarks\n';
  const text = withSection(before, name, section);
  writeFileSync(document, await format(text, { parser: 'markdown', printWidth: 110 }));
}
