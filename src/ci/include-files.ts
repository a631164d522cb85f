import type { Explainer } from './explainer.ts';
import type { InputSpec } from './header.ts';
import { type LoadContext, type LoadedFile, loadFile, type Origin, placeOf } from './include-file.ts';
import { checkLocation, type Location } from './include-location.ts';
import { type IncludedFile, includedFile, type OwnPlace } from './included-file.ts';
import { problem, type Problem, refuse, type Position } from './problem.ts';
import type { RepositoryView } from './repository-view.ts';
import { type RemoteAnswer, Unreached } from './sources.ts';
import { maskValues, type Variable } from './variable.ts';
import { hasWildcard, matchWildcard } from './wildcard.ts';
import type { YamlMapping } from './yaml-node.ts';

export interface IncludeContext extends LoadContext {
  view: RepositoryView;
  explainer: Explainer;
  /** Told of each file that is read. */
  seen: (file: string, text: string) => void;
  /** Gets the includes that could not be reached. */
  unread: Problem[];
  /** Gets the keys that are written twice in one mapping. */
  repeated: Problem[];
  /** Where the root file stands. */
  own: OwnPlace;
  /** What has been included so far; those of one file before those that they include. */
  included: IncludedFile[];
  /** What the root file is given. */
  inputs: YamlMapping | null;
  /** Told of the inputs that the root file declares; answers those that count. */
  declared?: ((inputs: InputSpec[]) => InputSpec[]) | undefined;
  /** What locations and rules may refer to. */
  variables: readonly Variable[];
  /** Gets those whose values are filled into texts. */
  filledIn: Set<Variable>;
  limits: {
    max_yaml_size_bytes: number;
    max_yaml_depth: number;
    ci_max_includes: number;
    ci_max_total_yaml_size_bytes: number;
  };
}

/** What all files together have taken. */
export interface Spent {
  files: number;
  bytes: number;
}

/** A location, and what stands beside it. */
type Listed = Location & { extra?: Readonly<Record<string, unknown>> };

const YAML_FILE = /\.ya?ml$/i;

/** The files at these locations one after the other, within the limits; all are looked over before the first is read. */
export async function* loadFiles<L extends Listed>(
  locations: readonly L[],
  origin: Origin,
  context: IncludeContext,
  spent: Spent,
): AsyncGenerator<{ location: L; loaded: LoadedFile; /** As messages show it. */ name: string }> {
  const shown = (text: string) => maskValues(text, context.variables);
  for (const location of locations) {
    const name = nameOf(location);
    checkLocation(location, name, shown(name));
  }
  const remote = await fetchRemotes(locations, context, spent);
  // Those of one file stand together, though what they include is read in between.
  let place = context.included.length;
  context.included.length += locations.length;
  for (const location of locations) {
    const own = place++;
    spent.files++;
    const { ci_max_includes: most } = context.limits;
    if (spent.files > most) {
      refuse('include', `Maximum of ${most} nested includes are allowed!`, location.position, 'include');
    }
    const loaded = await loadOne(location, origin, { shown, remote }, context);
    if (loaded instanceof Unreached) {
      const message = `Included file \`${shown(nameOf(location))}\` was not read: ${loaded.message}`;
      context.unread.push(problem('unread', message, location.position, 'include'));
      continue;
    }
    context.seen(loaded.file, loaded.source);
    spend(loaded.source, location.position, context, spent);
    context.included[own] = includedFile(location, origin, loaded, context.own, shown);
    yield { location, loaded, name: shown(nameOf(location)) };
  }
}

type Remotes = ReadonlyMap<Location, RemoteAnswer> | Unreached;

async function loadOne(
  location: Location,
  origin: Origin,
  { shown, remote }: { shown: (text: string) => string; remote: Remotes },
  context: IncludeContext,
): Promise<LoadedFile | Unreached> {
  if (remote instanceof Unreached && location.kind === 'remote') return remote;
  const answer = remote instanceof Unreached ? undefined : remote.get(location);
  return await orUnreached(loadFile(location, origin, { shown, remote: answer }, context));
}

const orUnreached = async <T>(work: Promise<T>): Promise<T | Unreached> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Unreached) return error;
    throw error;
  }
};

/** The location itself, or for one with wildcards the YAML files that fit, by name; there may be none. */
export async function expandWildcard<L extends Location>(
  location: L,
  { at }: Origin,
  { view }: IncludeContext,
): Promise<L[]> {
  if (location.kind !== 'local' || !hasWildcard(location.path) || at === null) return [location];
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
): Promise<Remotes> {
  const remotes = locations
    .slice(0, Math.max(0, limits.ci_max_includes - spent.files))
    .filter((location) => location.kind === 'remote');
  if (remotes.length === 0) return new Map();
  const files = remotes.map(({ url, cache }) => ({ url, cache }));
  const answers = await orUnreached(ask('remote', { files }));
  if (answers instanceof Unreached) return answers;
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
    case 'artifact':
      return location.path;
    case 'remote':
      return location.url;
    case 'template':
      return location.name;
    case 'component':
      return location.address;
  }
}
