import type { XmlReader } from './xml.ts';

export type TestStatus = 'success' | 'failed' | 'error' | 'skipped';

/** A test case as the API answers it. */
export interface TestCase {
  status: TestStatus;
  name: string;
  classname: string;
  file?: string;
  /** Seconds. */
  execution_time: number;
  /** What the failure, error or skip says; its attributes when it has no text. */
  system_output: string | Record<string, string> | null;
  stack_trace: null;
  /** The path of a file among the job's artifacts that the test names. */
  attachment?: string;
}

/** Characters kept of what a test wrote. */
const LONGEST_OUTPUT = 1 << 20;
const ATTACHMENT = /\[\[ATTACHMENT\|(.+?)\]\]/;
/** In the order in which they decide. */
const OUTCOMES = [
  ['failure', 'failed'],
  ['error', 'error'],
  ['skipped', 'skipped'],
] as const;

interface Part {
  name: string;
  attributes: Readonly<Record<string, string>>;
  text: string;
}

/**
 * Finds the test cases of a JUnit report: any `testcase` that stands directly in a `testsuite` or the
 * `testsuites` around them, however these are nested.
 */
export class JunitReader implements XmlReader {
  readonly #take: (testCase: TestCase) => void;
  readonly #path: string[] = [];
  #case: { attributes: Readonly<Record<string, string>>; parts: Part[]; depth: number } | null = null;

  constructor(take: (testCase: TestCase) => void) {
    this.#take = take;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const parent = this.#path.at(-1);
    this.#path.push(name);
    const current = this.#case;
    if (current) {
      if (this.#path.length === current.depth + 1) current.parts.push({ name, attributes, text: '' });
    } else if (name === 'testcase' && (parent === 'testsuite' || parent === 'testsuites'))
      this.#case = { attributes, parts: [], depth: this.#path.length };
  }

  text(text: string): void {
    const current = this.#case;
    const part = current?.parts.at(-1);
    if (!current || !part || this.#path.length <= current.depth) return;
    if (part.text.length < LONGEST_OUTPUT) part.text += text.slice(0, LONGEST_OUTPUT - part.text.length);
  }

  close(_name: string): void {
    const current = this.#case;
    if (current && this.#path.length === current.depth) {
      this.#case = null;
      this.#take(caseOf(current.attributes, current.parts));
    }
    this.#path.pop();
  }
}

function caseOf(attributes: Readonly<Record<string, string>>, parts: readonly Part[]): TestCase {
  const [element, status] = OUTCOMES.find(([name]) => parts.some((part) => part.name === name)) ?? [
    null,
    'success' as const,
  ];
  const attachment = parts
    .filter(({ name }) => name === 'system-out')
    .map(({ text }) => ATTACHMENT.exec(text)?.[1])
    .find((path) => path !== undefined);
  const { name = '', classname = '', file, time } = attributes;
  return {
    status,
    name,
    classname,
    ...(file === undefined ? {} : { file }),
    execution_time: secondsOf(time),
    system_output: outputOf(parts.filter((part) => part.name === element)),
    stack_trace: null,
    ...(attachment === undefined ? {} : { attachment }),
  };
}

function outputOf(parts: readonly Part[]): TestCase['system_output'] {
  const texts = parts.map(({ text }) => text).filter((text) => text.trim() !== '');
  if (texts.length > 0) return texts.join('\n').slice(0, LONGEST_OUTPUT);
  const attributes = parts.find((part) => Object.keys(part.attributes).length > 0)?.attributes;
  return attributes ? { ...attributes } : null;
}

/** Some tools write thousands with a comma. */
function secondsOf(time = '0'): number {
  const seconds = Number.parseFloat(time.replaceAll(',', ''));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}
