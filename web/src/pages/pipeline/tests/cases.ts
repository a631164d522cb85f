/** What a case of a test report says, as far as it is shown. */
export interface TestCase {
  name: string;
  classname: string;
  status: 'success' | 'failed' | 'error' | 'skipped';
  execution_time: number;
  file?: string;
  system_output: string | null | Record<string, string>;
  recent_failures?: { count: number; base_branch: string };
}
export interface Suite {
  name: string;
  suite_error: string | null;
  test_cases: readonly TestCase[];
}
/** A case with the suite it is of: together with its class and name, what its history goes by. */
export interface Case extends TestCase {
  suite: string;
}

const RANK: Record<TestCase['status'], number> = { error: 0, failed: 1, skipped: 2, success: 3 };

export const hasFailed = ({ status }: Pick<TestCase, 'status'>) => status === 'failed' || status === 'error';

/** All cases: errors and failures first, what passed last; within each as in the report. */
export const casesOf = (suites: readonly Suite[]): Case[] =>
  suites
    .flatMap(({ name, test_cases }) => test_cases.map((each): Case => ({ ...each, suite: name })))
    .toSorted((one, other) => RANK[one.status] - RANK[other.status]);

/** Those that took longest; what was skipped took no time. */
export const slowest = (cases: readonly Case[], most: number): Case[] =>
  cases
    .filter(({ status }) => status !== 'skipped')
    .toSorted((one, other) => other.execution_time - one.execution_time)
    .slice(0, most);

/** Those whose suite, class, name or file has all the words. */
export function searchCases(cases: readonly Case[], text: string): Case[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...cases];
  return cases.filter(({ suite, classname, name, file = '' }) => {
    const all = `${suite}\n${classname}\n${name}\n${file}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** What a case printed, or why it failed; some programs say it in named parts. */
export function outputText(output: TestCase['system_output']): string {
  if (output === null) return '';
  if (typeof output === 'string') return output;
  return Object.entries(output)
    .map(([name, text]) => `${name}\n${text}`)
    .join('\n\n');
}
