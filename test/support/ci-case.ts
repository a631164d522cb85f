import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { AutoCancel, CompileLimits, CompileResult } from '../../src/ci/plan.ts';

/** What the pipeline of a case is created with. */
export interface Input {
  file?: string;
  ref?: string;
  tag?: boolean;
  source?: string;
  /** Of a child. */
  below_merge_request?: boolean;
  variables?: Record<string, string>;
  /** Variables of the server, groups and the project, in this order. */
  stored?: { key: string; value: string; environment_scope?: string }[];
  /** Names of variables whose values are masked. */
  masked?: string[];
  inputs?: Record<string, unknown>;
  limits?: Partial<CompileLimits>;
  /** Paths that differ from a ref or commit, those that the push has changed under ``. What is not said is not known. */
  changes?: Record<string, Paths>;
  /** The files of other projects, by `PROJECT@REF`, or `PROJECT` for the default branch. */
  elsewhere?: Record<string, Paths>;
  /** Files that are in the repository besides those of the folder; null: more than the server lists. */
  files?: Paths | null;
  /** The last commits that have changed files. */
  commits?: Record<string, string>;
}

/** Written out, or so many of the form `src/1.c`. */
export type Paths = string[] | number;

/** What has to come out of a case. */
export interface Outcome {
  /** `plan` unless it says otherwise. */
  outcome?: CompileResult['outcome'];
  /** All messages, in order; each may begin with the place, as `[FILE:LINE:COLUMN] `. */
  problems?: string[];
  warnings?: string[];
  /** What lint warns of besides, and a pipeline does not; each with its place. */
  lint_warnings?: string[];
  name?: string | null;
  stages?: string[];
  variables?: Record<string, string>;
  auto_cancel?: AutoCancel;
  /** All jobs by name, in order, each with the fields that matter in this case. */
  jobs?: Record<string, Record<string, unknown>>;
}

/** `expected.json`. */
export interface Expected extends Outcome {
  /** The statements of docs/ci-language.md that the case shows to hold. */
  proves?: string[];
}

export interface Case {
  files: Map<string, string>;
  input: Input;
  expected: Expected;
  /**
   * `derived.json`: the outcome as somebody read it from the description of the language a second time, without having
   * seen the first. Of values it names the parts it speaks of; a message that ends in `...` is a beginning.
   */
  derived: Outcome | null;
}

const CASES = join(import.meta.dirname, '../ci-cases');

export const caseNames = readdirSync(CASES).toSorted();

export function readCase(name: string): Case {
  const files = readFolder(join(CASES, name));
  return {
    files,
    input: JSON.parse(files.get('input.json') ?? '{}') as Input,
    expected: JSON.parse(files.get('expected.json') ?? 'null') as Expected,
    derived: JSON.parse(files.get('derived.json') ?? 'null') as Outcome | null,
  };
}

function readFolder(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path), readFileSync(path, 'utf8')]),
  );
}
