import type { GivenInputs } from './create-pipeline.ts';

/** A configuration that is a file of another project, or at an address, as an include names it. */
export type Elsewhere = { project: string; file: string; ref?: string } | { remote: string };

const OF_PROJECT = /^(?<file>.+(?:yml|yaml))@(?<project>[^:]+)(?::(?<ref>.+))?$/s;
const ADDRESS = /^https?:\/\//;

/** What `FILE@PROJECT`, `FILE@PROJECT:REF` or an address names; null: it is the path of a file of the project's own. */
export function elsewhere(ci_config_path: string | null): Elsewhere | null {
  const path = ci_config_path ?? '';
  const { file, project, ref } = OF_PROJECT.exec(path)?.groups ?? {};
  if (file !== undefined && project !== undefined)
    return { project, file, ...(ref !== undefined && { ref }) };
  return ADDRESS.test(path) ? { remote: path } : null;
}

/** The configuration that includes it, and gives it what the pipeline is given. */
export function includingIt(location: Elsewhere, inputs: GivenInputs = {}): string {
  const given = Object.keys(inputs).length > 0 ? { inputs } : {};
  return JSON.stringify({ include: [{ ...location, ...given }] });
}
