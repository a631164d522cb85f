import type { Origin } from './include-file.ts';
import { expandWildcard, type IncludeContext, loadFiles, type Spent } from './include-files.ts';
import { checkItem, type Location, readInputs, readLocations } from './include-location.ts';
import { letsIn } from './include-rules.ts';
import { KnownVariables } from './known-variables.ts';
import { deepMerge, without } from './merge.ts';
import { type Given, parse } from './parse.ts';
import { CompileError, type Problem, refuse } from './problem.ts';
import type { RuleTrial } from './rules.ts';
import { isNull, toJson, type YamlMapping } from './yaml-node.ts';

/** A file to include, and what it is given. */
type Included = Location & { inputs: YamlMapping | null; extra: Record<string, unknown> };

/**
 * The file with everything it includes, `include` removed. Included files are merged in order, each over the ones
 * before, the including file on top; a file's own includes come before itself. Stops at the first problem.
 */
export async function include(source: string, file: string, context: IncludeContext): Promise<YamlMapping> {
  const spent = { files: 0, bytes: Buffer.byteLength(source) };
  const origin: Origin = { at: 'own', prefix: '', trusted: true };
  const includeInputs = headerIncludes(origin, context, spent);
  const root = await parse(source, file, context.limits, { ...context, includeInputs });
  return expandFile(root, origin, context, spent);
}

async function expandFile(
  root: YamlMapping,
  origin: Origin,
  context: IncludeContext,
  spent: Spent,
): Promise<YamlMapping> {
  const locations = await locationsOf(root, origin, context);
  if (locations === null) return root;
  let merged: YamlMapping = { kind: 'mapping', entries: new Map(), position: root.position };
  for await (const { location, loaded, name } of loadFiles(locations, origin, context, spent)) {
    const given: Given = {
      inputs: location.inputs,
      variables: seenFrom(origin, context),
      filledIn: context.filledIn,
      component: loaded.component,
      includeInputs: headerIncludes(loaded.origin, context, spent),
      repeated: [],
    };
    const parsed = await parseIncluded(loaded.source, loaded.file, name, given, context);
    if (parsed.entries.size === 0) {
      const message = `Included file \`${name}\` does not have valid YAML syntax!`;
      refuse('include', message, location.position, 'include');
    }
    merged = deepMerge(merged, await expandFile(parsed, loaded.origin, context, spent));
  }
  return deepMerge(merged, without(root, 'include'));
}

/** The variables that the includes of a file see. */
const seenFrom = (origin: Origin, { variables }: IncludeContext) => (origin.trusted ? variables : []);

/** The files that a file includes, in order; null when it does not say `include`. */
async function locationsOf(
  root: YamlMapping,
  origin: Origin,
  context: IncludeContext,
): Promise<Included[] | null> {
  const includes = root.entries.get('include')?.value;
  if (includes === undefined) return null;
  const items = (includes.kind === 'sequence' ? includes.items : [includes]).filter((item) => !isNull(item));
  const variables = seenFrom(origin, context);
  const locations: Included[] = [];
  for (const each of items) {
    const item = checkItem(each);
    if (item.kind === 'mapping' && !(await isIn(item, origin, context))) continue;
    const inputs = readInputs(item);
    const extra = item.kind === 'mapping' ? asObject(without(item, 'local')) : {};
    for (const read of readLocations(item, variables)) {
      const location = { ...read, inputs, extra };
      locations.push(...(await expandWildcard(location, origin, context)));
    }
  }
  return locations;
}

const asObject = (mapping: YamlMapping) => toJson(mapping) as Record<string, unknown>;

async function isIn(item: YamlMapping, origin: Origin, context: IncludeContext): Promise<boolean> {
  const rules = item.entries.get('rules')?.value;
  if (rules === undefined || isNull(rules)) return true;
  const trials: RuleTrial[] = [];
  const variables = KnownVariables.of(seenFrom(origin, context));
  const included = await letsIn(rules, variables, origin, context.view, trials);
  // Values of variables that are not for all may stand in the inputs, and which item it is they do not say.
  const location = JSON.stringify(toJson(without(without(item, 'rules'), 'inputs')));
  context.explainer.include(location, item.position, included, { trials, variables });
  return included;
}

/**
 * Reads what `spec:include` of a file at `origin` brings: files that hold nothing but inputs, no name twice. Such files are
 * found as included ones are, and count as they do.
 */
function headerIncludes(origin: Origin, context: IncludeContext, spent: Spent): Given['includeInputs'] {
  return async (node) => {
    const variables = seenFrom(origin, context);
    const items = node.kind === 'sequence' ? node.items : [node];
    const locations: Location[] = [];
    for (const item of items)
      for (const location of readLocations(item, variables, { inHeader: true }))
        locations.push(...(await expandWildcard(location, origin, context)));
    const found: YamlMapping[] = [];
    for await (const { location, loaded, name } of loadFiles(locations, origin, context, spent)) {
      const given: Given = {
        inputs: null,
        variables: [],
        filledIn: context.filledIn,
        includeInputs: headerIncludes(loaded.origin, context, spent),
        repeated: [],
      };
      const { entries, position } = await parseIncluded(loaded.source, loaded.file, name, given, context);
      const others = [...entries.keys()].filter((key) => key !== 'inputs');
      if (others.length > 0) {
        const keys = others.map((key) => `:${key}`).join(', ');
        refuse(
          'include',
          `Header include file \`${name}\` contains unknown keys: [${keys}]`,
          location.position,
        );
      }
      const inputs = entries.get('inputs')?.value;
      if (inputs && inputs.kind !== 'mapping')
        refuse('inputs', 'header:spec:inputs config should be a hash', position);
      if (inputs?.kind === 'mapping') found.push(inputs);
    }
    return found;
  };
}

/** Mistakes in an included file say which file; they keep their place in it. */
async function parseIncluded(
  source: string,
  file: string,
  name: string,
  given: Given,
  { limits, repeated }: IncludeContext,
): Promise<YamlMapping> {
  const ofFile = (found: Problem): Problem => ({ ...found, message: `\`${name}\`: ${found.message}` });
  try {
    return await parse(source, file, limits, given);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    throw new CompileError(ofFile(error.problem));
  } finally {
    repeated.push(...given.repeated.map(ofFile));
  }
}
