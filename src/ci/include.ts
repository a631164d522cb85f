import { type LoadContext, loadFile, type Origin, placeOf } from './include-file.ts';
import { checkItem, checkLocation, type Location, readInputs, readLocations } from './include-location.ts';
import { letsIn } from './include-rules.ts';
import { deepMerge, without } from './merge.ts';
import { type Given, parse } from './parse.ts';
import { CompileError, refuse, type Position } from './problem.ts';
import type { RepositoryView } from './repository-view.ts';
import type { RemoteAnswer } from './sources.ts';
import { maskValues, type Variable } from './variable.ts';
import { hasWildcard, matchWildcard } from './wildcard.ts';
import { isNull, type YamlMapping } from './yaml-node.ts';

export interface IncludeContext extends LoadContext {
  view: RepositoryView;
  /** What the root file is given. */
  inputs: YamlMapping | null;
  /** What locations and rules may refer to. */
  variables: readonly Variable[];
  limits: {
    max_yaml_size_bytes: number;
    max_yaml_depth: number;
    ci_max_includes: number;
    ci_max_total_yaml_size_bytes: number;
  };
}

/** What all files together have taken. */
interface Spent {
  files: number;
  bytes: number;
}

/** A file to include, and what it is given. */
type Included = Location & { inputs: YamlMapping | null };

const YAML_FILE = /\.ya?ml$/i;

/**
 * The file with everything it includes, `include` removed. Included files are merged in order, each over the ones
 * before, the including file on top; a file's own includes come before itself. Stops at the first problem.
 */
export async function include(source: string, file: string, context: IncludeContext): Promise<YamlMapping> {
  const spent = { files: 0, bytes: Buffer.byteLength(source) };
  const origin: Origin = { at: 'own', prefix: '', trusted: true };
  return expandFile(parse(source, file, context.limits, context), origin, context, spent);
}

async function expandFile(
  root: YamlMapping,
  origin: Origin,
  context: IncludeContext,
  spent: Spent,
): Promise<YamlMapping> {
  const locations = await locationsOf(root, origin, context);
  if (locations === null) return root;
  const shown = (text: string) => maskValues(text, context.variables);
  for (const location of locations) checkLocation(location, shown(nameOf(location)));
  const remote = await fetchRemotes(locations, context, spent);
  let merged: YamlMapping = { kind: 'mapping', entries: new Map(), position: root.position };
  for (const location of locations) {
    spent.files++;
    const { ci_max_includes: most } = context.limits;
    if (spent.files > most) {
      refuse('include', `Maximum of ${most} nested includes are allowed!`, location.position, 'include');
    }
    const answers = { shown, remote: remote.get(location) };
    const loaded = await loadFile(location, origin, answers, context);
    const name = shown(nameOf(location));
    spend(loaded.source, location.position, context, spent);
    const given = { inputs: location.inputs, variables: origin.trusted ? context.variables : [] };
    const parsed = parseIncluded(loaded.source, loaded.file, name, given, context);
    if (parsed.entries.size === 0) {
      const message = `Included file \`${name}\` does not have valid YAML syntax!`;
      refuse('include', message, location.position, 'include');
    }
    merged = deepMerge(merged, await expandFile(parsed, loaded.origin, context, spent));
  }
  return deepMerge(merged, without(root, 'include'));
}

/** The files that a file includes, in order; null when it does not say `include`. */
async function locationsOf(
  root: YamlMapping,
  origin: Origin,
  context: IncludeContext,
): Promise<Included[] | null> {
  const includes = root.entries.get('include')?.value;
  if (includes === undefined) return null;
  const items = (includes.kind === 'sequence' ? includes.items : [includes]).filter((item) => !isNull(item));
  const variables = origin.trusted ? context.variables : [];
  const locations: Included[] = [];
  for (const each of items) {
    const item = checkItem(each);
    if (
      item.kind === 'mapping' &&
      !(await letsIn(item.entries.get('rules')?.value, variables, origin, context.view))
    )
      continue;
    const inputs = readInputs(item);
    for (const read of readLocations(item, variables)) {
      const location = { ...read, inputs };
      if (location.kind === 'local' && hasWildcard(location.path))
        locations.push(...(await expandWildcard(location, origin, context)));
      else locations.push(location);
    }
  }
  return locations;
}

/** The YAML files that fit, by name; there may be none. */
async function expandWildcard(
  location: Included & { kind: 'local' },
  { at }: Origin,
  { view }: IncludeContext,
): Promise<Included[]> {
  if (at === null) return [location];
  const paths = await view.files(placeOf(at), true);
  if (paths === null)
    refuse('include', 'There are too many files for wildcards', location.position, 'include');
  const files = paths.filter((path) => YAML_FILE.test(path));
  return matchWildcard(location.path, files).map((path) => ({ ...location, path }));
}

/** All addresses at once, as many as may still be included. */
async function fetchRemotes(
  locations: readonly Location[],
  { ask, limits }: IncludeContext,
  spent: Spent,
): Promise<Map<Location, RemoteAnswer>> {
  const remotes = locations
    .slice(0, Math.max(0, limits.ci_max_includes - spent.files))
    .filter((location) => location.kind === 'remote');
  if (remotes.length === 0) return new Map();
  const answers = await ask('remote', { files: remotes.map(({ url, cache }) => ({ url, cache })) });
  return new Map(answers.flatMap((answer, index) => (remotes[index] ? [[remotes[index], answer]] : [])));
}

function spend(source: string, position: Position, { limits }: IncludeContext, spent: Spent): void {
  spent.bytes += Buffer.byteLength(source);
  if (spent.bytes > limits.ci_max_total_yaml_size_bytes) {
    refuse('include', 'The parsed YAML is too big', position, 'include');
  }
}

/** How messages name it. */
function nameOf(location: Location): string {
  switch (location.kind) {
    case 'local':
    case 'project':
      return location.path;
    case 'remote':
      return location.url;
    case 'template':
      return location.name;
    case 'component':
      return location.address;
  }
}

/** Mistakes in an included file say which file; they keep their place in it. */
function parseIncluded(
  source: string,
  file: string,
  name: string,
  given: Given,
  { limits }: IncludeContext,
): YamlMapping {
  try {
    return parse(source, file, limits, given);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const { problem } = error;
    const message = problem.code === 'unsupported' ? problem.message : `\`${name}\`: ${problem.message}`;
    throw new CompileError({ ...problem, message });
  }
}
