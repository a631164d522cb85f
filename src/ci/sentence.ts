import { type Clause, NOT_ASKED, type Reason } from './explanation.ts';

const SENTENCES: Record<Exclude<Reason, 'rule' | 'never' | 'only' | 'except'>, string> = {
  no_rule_matched: 'none of its rules matches',
  no_rules: 'it has nothing that could leave it out',
  only_except: 'only and except let it in',
  undecided: 'its rules cannot be decided',
  workflow: 'workflow:rules leave out the whole pipeline',
  not_asked: NOT_ASKED.message,
  skipped: 'whoever pushed wanted no jobs',
  empty_parallel: 'parallel:matrix makes none of it',
  same_name: 'a later job has the same name',
};

/** Of a job that says nothing of its own, which is as if it said `only: [branches, tags]`. */
const BY_DEFAULT: Partial<Record<Reason, string>> = {
  only_except: 'without rules it is in every pipeline of a branch or tag',
  only: 'without rules it is in pipelines of branches and tags alone',
};

/** The reason in words; `clause` is what decided, `byDefault`: which nobody has written. */
export function sentenceOf(reason: Reason, clause: Clause | null, byDefault: boolean): string {
  if (byDefault) return BY_DEFAULT[reason] ?? sentenceOf(reason, clause, false);
  switch (reason) {
    case 'rule':
      return `rule ${clause?.number} matches`;
    case 'never':
      return `rule ${clause?.number} matches, which says never`;
    case 'only':
      return `only:${clause?.key} does not hold`;
    case 'except':
      return `except:${clause?.key} holds`;
    default:
      return SENTENCES[reason];
  }
}
