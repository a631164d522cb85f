import type { Clause, FoundPaths, ReadVariable } from './explanation.ts';
import { type Expression, variablesOf } from './expression.ts';
import type { CompileInput } from './plan.ts';
import type { PolicyTrial } from './policy.ts';
import { onlyPlace, type Position } from './problem.ts';
import type { Found } from './repository-view.ts';
import type { RuleTrial } from './rules.ts';
import { type Lookup, maskValues, type Variable } from './variable.ts';

/** Predefined, and made for each job anew. Tier and address of its environment are what the configuration says they are. */
const OF_THE_JOB = /^CI_(JOB_|NODE_|ENVIRONMENT_(NAME|ACTION)$)/;

/** A rule, or a key of `only` or `except`, that was asked. */
export type Trial = RuleTrial | PolicyTrial;

/** Characters of all clauses together, so that few lines cannot fill the memory. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
/** Of one value, and of one expression. */
const MOST_OF_ONE = 500;
/** About what a clause and a variable take besides their texts. */
const CLAUSE_CHARACTERS = 250;
const VARIABLE_CHARACTERS = 70;

/** Writes down clauses with what they have read: nothing of masked values, and only as much as there is room for. */
export class ClauseWriter {
  /** Whether something had no room. */
  full = false;
  readonly #predefined: ReadonlySet<Variable>;
  readonly #given: ReadonlySet<Variable>;
  readonly #masked: readonly Variable[];
  readonly #known = new Map<Variable, ReadVariable>();
  #left = MOST_CHARACTERS;

  constructor({
    predefined,
    stored = [],
    variables,
  }: Pick<CompileInput, 'predefined' | 'stored' | 'variables'>) {
    const given = [...stored, ...variables];
    this.#predefined = new Set(predefined);
    this.#given = new Set(given);
    this.#masked = [...predefined, ...given].filter(({ masked }) => masked);
  }

  /**
   * `number`: which of its rules it is, from 1; `at`: where what it belongs to is written. Once there is no room any
   * more, nothing is left but the place.
   */
  write(trial: Trial, number: number, at: Position, variables: Lookup): Clause {
    const clause =
      'rule' in trial ? this.#rule(trial, number, variables) : this.#policy(trial, at, variables);
    this.#left -= sizeOf(clause);
    if (this.#left >= 0) return clause;
    this.full = true;
    return { ...clause, expression: null, variables: [], changes: null, exists: null };
  }

  /** The text without masked values, cut where it is long. */
  shown(text: string): string {
    // Masked before it is cut, so that no half of a secret is left.
    return cut(this.#masked.length > 0 ? maskValues(text, this.#masked) : text);
  }

  #rule({ rule, failed, changes, exists }: RuleTrial, number: number, variables: Lookup): Clause {
    return {
      keyword: 'rules',
      number,
      key: null,
      ...onlyPlace(rule.position),
      holds: failed === null,
      failed,
      expression: rule.if_text && cut(rule.if_text),
      variables: this.#read(rule.if ? [rule.if] : [], variables),
      changes: this.#paths(changes),
      // Whoever may read this may not see the files of that project.
      exists: this.#paths(rule.exists?.project === null ? exists : withoutPaths(exists)),
    };
  }

  #policy({ keyword, key, policy, holds, changes }: PolicyTrial, at: Position, variables: Lookup): Clause {
    const texts = {
      refs: policy.refs?.join(', '),
      variables: policy.variables?.map((each) => each.text).join(' || '),
    };
    const text = key === 'refs' || key === 'variables' ? texts[key] : null;
    return {
      keyword,
      number: null,
      key,
      ...onlyPlace(policy.places[key] ?? at),
      holds,
      failed: null,
      expression: text ? cut(text) : null,
      variables: this.#read(
        key === 'variables' ? (policy.variables ?? []).map(({ expression }) => expression) : [],
        variables,
      ),
      changes: this.#paths(changes),
      exists: null,
    };
  }

  #read(expressions: readonly Expression[], variables: Lookup): ReadVariable[] {
    return [...new Set(expressions.flatMap(variablesOf))].map((key) => {
      const found = variables.get(key);
      if (!found) return { key, value: null, defined: false, masked: false, source: null };
      const known = this.#known.get(found) ?? this.#asRead(found);
      this.#known.set(found, known);
      return known;
    });
  }

  #asRead(found: Variable): ReadVariable {
    const { key, value, masked } = found;
    const source = this.#given.has(found)
      ? 'given'
      : this.#predefined.has(found) || OF_THE_JOB.test(key)
        ? 'predefined'
        : 'configuration';
    return { key, value: masked ? '[MASKED]' : this.shown(value), defined: true, masked, source };
  }

  #paths(found: Found | null): FoundPaths | null {
    return found && { paths: found.paths.map((path) => this.shown(path)), assumed: found.assumed };
  }
}

const withoutPaths = (found: Found | null) => found && { ...found, paths: [] };

const cut = (text: string) =>
  text.length > MOST_OF_ONE ? `${text.slice(0, MOST_OF_ONE).replace(/[\uD800-\uDBFF]$/, '')}…` : text;

function sizeOf({ file, expression, variables, changes, exists }: Clause): number {
  const texts = [file, expression ?? '', ...(changes?.paths ?? []), ...(exists?.paths ?? [])];
  for (const { key, value } of variables) texts.push(key, value ?? '');
  const text = texts.reduce((sum, each) => sum + each.length, 0);
  return CLAUSE_CHARACTERS + variables.length * VARIABLE_CHARACTERS + text;
}
