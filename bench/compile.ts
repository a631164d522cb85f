import { parseEvents } from 'js-yaml';
import { compile } from '../src/ci/compile.ts';
import type { CompileInput } from '../src/ci/plan.ts';
import { predefinedOf } from '../test/support/predefined-of.ts';
import type { Benchmark } from './frame/benchmark.ts';
import { measure } from './frame/measure.ts';
import { handWritten, included, matrices } from './seed/configuration.ts';

const LINES = 1000;
const JOBS = 1000;
const inWords = (count: number) => count.toLocaleString('en-US');

export const benchmark: Benchmark = {
  name: 'Compiling a configuration',
  about: `From the texts of the files to the plan of a push, in the words of the language that a team uses: ${inWords(LINES)} lines
written by hand (extends, \`<<\`, rules, needs, caches), ${inWords(JOBS)} jobs of matrices, and ${inWords(JOBS)} jobs out of included
files of 20 each. The floor only reads the same texts as YAML, with the same parser (js-yaml), into events.`,
  async run({ seconds, scale }) {
    const jobs = Math.max(1, JOBS * scale);
    const written = one(handWritten(LINES));
    const cases: [string, Map<string, string>][] = [
      [`${inWords(linesOf(written))} lines`, written],
      ['matrices', one(matrices(jobs))],
      ['included files', included(jobs)],
    ];
    const figures = [];
    for (const [name, files] of cases) {
      const input = inputOf(files);
      const { plan, problems } = await compile(input);
      if (!plan) throw new Error(problems.map(({ message }) => message).join('\n'));
      figures.push(
        await measure(
          { name: `${name}: ${inWords(plan.jobs.length)} jobs`, once: () => compile(input) },
          { name: 'events of the same texts, js-yaml', once: () => readAll(files) },
          seconds,
        ),
      );
    }
    return figures;
  },
};

const one = (text: string) => new Map([['.gitlab-ci.yml', text]]);

const linesOf = (files: Map<string, string>) =>
  [...files.values()].reduce((lines, text) => lines + text.trimEnd().split('\n').length, 0);

function readAll(files: Map<string, string>): void {
  for (const text of files.values()) parseEvents(text, {});
}

const inputOf = (files: Map<string, string>): CompileInput => ({
  fetchFile: async (path) => files.get(path) ?? null,
  predefined: predefinedOf({}),
  variables: [],
});
