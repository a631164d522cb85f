/** What the pipelines of a schedule are given for one of their inputs. */
export interface ScheduleInput {
  name: string;
  value: string | number | boolean | unknown[];
}

/** As it is asked for: with `destroy` it goes. */
export type InputChange = ScheduleInput & { destroy?: boolean };

export const MOST_INPUTS = 20;

export const isInputValue = (value: unknown): value is ScheduleInput['value'] =>
  Array.isArray(value) || ['string', 'number', 'boolean'].includes(typeof value);

export const readInputs = (stored: string): ScheduleInput[] => JSON.parse(stored) as ScheduleInput[];

/** The inputs with those of the same name replaced, taken away or added. */
export function changeInputs(
  before: readonly ScheduleInput[],
  changes: readonly InputChange[],
): ScheduleInput[] {
  const byName = new Map(before.map((each) => [each.name, each.value]));
  for (const { name, value, destroy } of changes) {
    if (destroy) byName.delete(name);
    else byName.set(name, value);
  }
  return [...byName].map(([name, value]) => ({ name, value }));
}

/** As a pipeline is given them. */
export const asGiven = (inputs: readonly ScheduleInput[]): Record<string, unknown> =>
  Object.fromEntries(inputs.map(({ name, value }) => [name, value]));
