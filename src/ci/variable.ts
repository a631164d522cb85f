/** A variable in the shape a runner receives it. */
export interface Variable {
  key: string;
  value: string;
  /** Goes to service containers too. */
  public: boolean;
  /** The value is written to a file and the variable holds its path. */
  file: boolean;
  /** Hidden in the log. */
  masked: boolean;
  /** References in the value are not expanded. */
  raw: boolean;
}

/** Variables by key. */
export interface Lookup {
  get: (key: string) => Variable | undefined;
}

/** A variable with the usual flags: public, neither file nor masked, expanded. */
export function variable(key: string, value: string, flags: Partial<Variable> = {}): Variable {
  return { key, value, public: true, file: false, masked: false, raw: false, ...flags };
}

/** One for each value that is there, with the usual flags. */
export function variableList(values: Record<string, string | undefined>): Variable[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : variable(key, value)));
}

/** The last of several variables with one key wins; the order is that of the first. */
export function mergeVariables(...lists: readonly (readonly Variable[])[]): Variable[] {
  const byKey = new Map<string, Variable>();
  for (const list of lists) for (const each of list) byKey.set(each.key, each);
  return [...byKey.values()];
}

const MASK = '[MASKED]';

/** The text as messages may show it: values of masked variables are hidden, their length is not. */
export function maskValues(text: string, variables: readonly Variable[]): string {
  return (
    variables
      .filter(({ masked, value }) => masked && value !== '')
      // A secret may stand in a longer one, of which nothing must be left.
      .toSorted((a, b) => b.value.length - a.value.length)
      .reduce(
        (shown, { value }) =>
          shown.replaceAll(value, () => MASK.padEnd(Math.max(MASK.length, value.length), 'x')),
        text,
      )
  );
}
