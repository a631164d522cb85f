import { matchesPattern } from './pattern.ts';
import { mergeVariables, type Variable } from './variable.ts';

/** A variable of the server, a group or a project: jobs of some environments get it, or all. */
export interface StoredVariable extends Variable {
  /** The name of an environment, in which `*` is any text; `*` alone: also jobs without an environment. */
  environment_scope: string;
}

/** The scope of what every job gets. */
export const EVERYWHERE = '*';

type Scoped = Pick<StoredVariable, 'environment_scope'>;

/** Those that a job of this environment gets, null for a job without one; their order stays. */
export function inEnvironment<T extends Scoped>(stored: readonly T[], environment: string | null): T[] {
  return stored.filter(
    ({ environment_scope: scope }) =>
      scope === EVERYWHERE || (environment !== null && matchesPattern(scope, environment)),
  );
}

/**
 * Orders scopes from the general to the specific: what names more of the environment comes later, and a whole name
 * last. So of those that match, the later one counts.
 */
export function compareScopes({ environment_scope: a }: Scoped, { environment_scope: b }: Scoped): number {
  return said(a) - said(b) || Number(isWhole(a)) - Number(isWhole(b)) || (a < b ? -1 : Number(a > b));
}

const said = (scope: string) => scope.replaceAll('*', '').length;
const isWhole = (scope: string) => !scope.includes('*');

/** What overrides the variables of the configuration. */
export interface GivenVariables {
  /** Whether it matters in which environment a job is. */
  readonly scoped: boolean;
  /** For a job of this environment; null for one without, and for the pipeline as a whole. */
  in(environment: string | null): readonly Variable[];
}

/** `stored` lowest first, `variables` over them, `below` below. Each environment is looked for once, however many jobs it has. */
export function givenVariables(
  stored: readonly StoredVariable[],
  variables: readonly Variable[],
  below: readonly Variable[] = [],
): GivenVariables {
  const scoped = stored.some(({ environment_scope }) => environment_scope !== EVERYWHERE);
  const known = new Map<string | null, readonly Variable[]>();
  return {
    scoped,
    in(environment) {
      const name = scoped ? environment : null;
      const found = known.get(name) ?? mergeVariables(below, inEnvironment(stored, name), variables);
      known.set(name, found);
      return found;
    },
  };
}
