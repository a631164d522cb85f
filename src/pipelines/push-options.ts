import type { GivenInputs, GivenVariable } from './create-pipeline.ts';

/** What the options of a push (`git push -o …`) say about its pipelines. */
export interface PushOptions {
  /** `ci.skip`: pipelines are made, and skipped. */
  skip: boolean;
  /** `ci.no_pipeline`: none are made. */
  none: boolean;
  /** `ci.variable="KEY=VALUE"`, each. */
  variables: GivenVariable[];
  /** `ci.input="NAME=VALUE"`, each. */
  inputs: GivenInputs;
}

export function readPushOptions(options: readonly string[]): PushOptions {
  const read: PushOptions = { skip: false, none: false, variables: [], inputs: {} };
  const inputs: [name: string, value: string][] = [];
  for (const option of options) {
    if (option === 'ci.skip') read.skip = true;
    if (option === 'ci.no_pipeline') read.none = true;
    const [, key, value] = /^ci\.variable="?([A-Za-z_]\w*)=(.*?)"?$/s.exec(option) ?? [];
    if (key !== undefined && value !== undefined)
      read.variables.push({ key, value, variable_type: 'env_var' });
    const [, name = '', given] = /^ci\.input="?([^=]+)=(.*?)"?$/s.exec(option) ?? [];
    if (name.trim() !== '' && given !== undefined) inputs.push([name, given]);
  }
  return { ...read, inputs: Object.fromEntries(inputs) };
}

/**
 * Why the pipelines of a push are skipped, null: they are not. A commit's message asks for that by `[ci skip]` or
 * `[skip ci]`, however it is written.
 */
export function skipReason({ skip }: Pick<PushOptions, 'skip'>, message: string): string | null {
  if (skip) return 'the push was made with the option ci.skip';
  const [asked] = /\[(?:ci[ _-]skip|skip[ _-]ci)\]/i.exec(message) ?? [];
  return asked === undefined ? null : `the message of the commit says ${asked}`;
}
