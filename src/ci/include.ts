import { expand } from './expand.ts';
import { deepMerge, without } from './merge.ts';
import { parse } from './parse.ts';
import { CompileError, refuse, type Position } from './problem.ts';
import type { Variable } from './variable.ts';
import { isNull, isString, toJson, type YamlMapping, type YamlNode } from './yaml-node.ts';

export interface IncludeContext {
  /** The text of a repository file, null when there is none. */
  fetchFile: (path: string) => Promise<string | null>;
  /** What locations may refer to. */
  variables: readonly Variable[];
  limits: {
    max_yaml_size_bytes: number;
    max_yaml_depth: number;
    ci_max_includes: number;
    ci_max_total_yaml_size_bytes: number;
  };
}

const SUBKEYS = ['local', 'project', 'remote', 'template', 'component', 'artifact'];
const SUBKEY_LIST = SUBKEYS.map((key) => `\`${key}\``).join(', ');
const UNSUPPORTED = ['rules', 'inputs', 'ref', 'file', 'job', 'integrity', 'cache'];
const YAML_EXTENSION = /.+\.(yml|yaml)$/i;

/**
 * The file with everything it includes, `include` removed. Included files are merged in order, each over the ones
 * before, the including file on top; a file's own includes come before itself. Stops at the first problem.
 */
export async function include(source: string, file: string, context: IncludeContext): Promise<YamlMapping> {
  const spent = { files: 0, bytes: Buffer.byteLength(source) };
  return expandFile(parse(source, file, context.limits), context, spent);
}

async function expandFile(
  root: YamlMapping,
  context: IncludeContext,
  spent: { files: number; bytes: number },
): Promise<YamlMapping> {
  const includes = root.entries.get('include')?.value;
  if (includes === undefined) return root;
  const items = includes.kind === 'sequence' ? includes.items : [includes];
  const locations = items.filter((item) => !isNull(item)).map((item) => localPath(item, context.variables));
  let merged: YamlMapping = { kind: 'mapping', entries: new Map(), position: root.position };
  for (const location of locations) {
    spent.files++;
    if (spent.files > context.limits.ci_max_includes) {
      const { ci_max_includes: most } = context.limits;
      refuse('include', `Maximum of ${most} nested includes are allowed!`, location.position, 'include');
    }
    merged = deepMerge(merged, await includeFile(location, context, spent));
  }
  return deepMerge(merged, without(root, 'include'));
}

interface Location {
  path: string;
  position: Position;
}

/** The repository path of one item of `include`. */
function localPath(item: YamlNode, variables: readonly Variable[]): Location {
  const { position } = item;
  const fail = (message: string): never => refuse('include', message, position, 'include');
  if (item.kind === 'sequence' || (item.kind === 'scalar' && !isString(item))) {
    return fail('Each include must be a hash or a string');
  }
  let location: YamlNode = item;
  if (item.kind === 'mapping') {
    const complaint = subkeyProblem(item);
    if (complaint !== null) return fail(complaint);
    const unsupported =
      SUBKEYS.find((key) => key !== 'local' && item.entries.has(key)) ??
      UNSUPPORTED.find((key) => item.entries.has(key));
    if (unsupported) unsupportedInclude(unsupported, position);
    location = item.entries.get('local')?.value ?? item;
  }
  if (!isString(location)) {
    return fail(`Included file \`${JSON.stringify(toJson(location))}\` needs to be a string`);
  }
  const path = expand(location.value, variables, { unknown: 'blank' }).replace(/^\/+/, '');
  if (item.kind === 'scalar' && /^https?:\/\//.test(path)) unsupportedInclude('remote', position);
  if (path.includes('*'))
    refuse('unsupported', '`include:local` with wildcards is not supported yet', position, 'include');
  if (!YAML_EXTENSION.test(path)) return fail(`Included file \`${path}\` does not have YAML extension!`);
  return { path, position: location.position };
}

/** What is wrong with the keys that say which kind of include it is: there has to be one. */
export function subkeyProblem(item: YamlMapping): string | null {
  const used = SUBKEYS.filter((key) => item.entries.has(key));
  if (used.length > 1) return `Each include must use only one of: ${SUBKEY_LIST}`;
  if (used.length === 1) return null;
  const quoted = JSON.stringify(toJson(item));
  return `\`${quoted}\` does not have a valid subkey for include. Valid subkeys are: ${SUBKEY_LIST}`;
}

function unsupportedInclude(key: string, position: Position): never {
  refuse('unsupported', `\`include:${key}\` is not supported yet`, position, `include:${key}`);
}

async function includeFile(
  { path, position }: Location,
  context: IncludeContext,
  spent: { files: number; bytes: number },
): Promise<YamlMapping> {
  const source = await context.fetchFile(path);
  if (source === null) refuse('include', `Local file \`${path}\` does not exist!`, position, 'include');
  if (source.trim() === '') refuse('include', `Local file \`${path}\` is empty!`, position, 'include');
  spent.bytes += Buffer.byteLength(source);
  if (spent.bytes > context.limits.ci_max_total_yaml_size_bytes) {
    refuse('include', 'The parsed YAML is too big', position, 'include');
  }
  const root = parseIncluded(source, path, context);
  if (root.entries.size === 0) {
    refuse('include', `Included file \`${path}\` does not have valid YAML syntax!`, position, 'include');
  }
  return expandFile(root, context, spent);
}

/** Mistakes in an included file say which file; they keep their place in it. */
function parseIncluded(source: string, path: string, context: IncludeContext): YamlMapping {
  try {
    return parse(source, path, context.limits);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const { problem } = error;
    const message = problem.code === 'unsupported' ? problem.message : `\`${path}\`: ${problem.message}`;
    throw new CompileError({ ...problem, message });
  }
}
