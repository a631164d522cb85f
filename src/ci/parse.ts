import { EVENT_ID, parseEvents, YAMLException, type Event } from 'js-yaml';
import { Composer, type ComposeLimits } from './compose.ts';
import { splitHeader } from './documents.ts';
import { type ComponentFacts, type InputSpec, readHeader } from './header.ts';
import { inputValues } from './inputs.ts';
import { interpolate } from './interpolate.ts';
import { moveIn } from './move-in.ts';
import { placesIn, type Places } from './places.ts';
import { type Problem, refuse, type Position } from './problem.ts';
import type { Variable } from './variable.ts';
import { at, type YamlMapping, type YamlNode } from './yaml-node.ts';
import { nodeOf } from './yaml-value.ts';

/** Far above what a configuration may nest, but within the parser's own recursion. */
const PARSER_DEPTH = 500;

/** What a file is given by whoever includes it, or begins the pipeline. */
export interface Given {
  /** Null: none. */
  inputs: YamlMapping | null;
  /** What the values of inputs may refer to with `expand_vars`. */
  variables: readonly Variable[];
  /** Gets those to which they have referred. */
  filledIn: Set<Variable>;
  /** What a component may say of itself; absent for other files. */
  component?: ComponentFacts | undefined;
  /** Told of the inputs that are declared; answers those that count. */
  declared?: ((inputs: InputSpec[]) => InputSpec[]) | undefined;
  /** The mappings of inputs that `spec:include` brings. */
  includeInputs: (node: YamlNode) => Promise<YamlMapping[]>;
  /** Gets the keys that are written twice in one mapping. */
  repeated: Problem[];
}

/**
 * The file's mapping, every node with its place. Throws `CompileError` at the first mistake. A header (`spec`, before
 * `---`) is read first, and the inputs it declares are filled into the text of what follows. Anchors, `<<`, repeated keys and
 * plain scalars are read as Ruby's YAML does, not as the standard says: pairs are taken from top to bottom, so `<<`
 * overrides the keys above it and is overridden by those below, and of a repeated key the last counts.
 */
export async function parse(
  source: string,
  file: string,
  limits: ComposeLimits,
  given: Given,
): Promise<YamlMapping> {
  const places = placesIn(source, file);
  const start = places(0);
  if (Buffer.byteLength(source) > limits.max_yaml_size_bytes) {
    refuse('syntax', 'The provided YAML is too big', start);
  }
  const parts = splitHeader(source);
  const ofHeader: Problem[] = [];
  const inHeader: Places = (offset) => places(offset + (parts?.headerStart ?? 0));
  const header = parts && readDocument(parts.header, inHeader, limits, ofHeader);
  const spec = header?.kind === 'mapping' && header.entries.get('spec');
  if (parts === null || !spec) {
    if (given.inputs && given.inputs.entries.size > 0) {
      const words = 'Given inputs not defined in the `spec` section of the included configuration file';
      refuse('inputs', words, start);
    }
    return asRoot(readDocument(source, places, limits, given.repeated), start);
  }
  given.repeated.push(...ofHeader);
  if (parts.more) refuse('syntax', 'The parsed YAML has too many documents', start);
  const declared = readHeader(header, await includedBy(spec.value, given));
  const inputs = given.declared?.(declared.inputs) ?? declared.inputs;
  const contexts = new Map([['inputs', inputValues(inputs, given.inputs, spec.key.position)]]);
  const { component } = given;
  if (component)
    contexts.set('component', new Map(declared.facts.map((fact) => [fact, nodeOf(component[fact], start)])));
  const inContent: Places = (offset) => places(offset + parts.contentStart);
  const find = (key: string) => {
    const found = given.variables.findLast((each) => each.key === key);
    if (found) given.filledIn.add(found);
    return found;
  };
  const filled = interpolate(parts.content, inContent, contexts, find, limits.max_yaml_size_bytes);
  const inFilled: Places = (offset) => inContent(filled.origin(offset));
  return asRoot(readDocument(filled.text, inFilled, limits, given.repeated), start);
}

async function includedBy(spec: YamlNode, given: Given): Promise<YamlMapping[]> {
  const node = spec.kind === 'mapping' ? at(spec, 'include') : undefined;
  if (node === undefined) return [];
  if (given.component) refuse('inputs', 'A component cannot take inputs from other files', node.position);
  return await given.includeInputs(node);
}

function asRoot(node: YamlNode | null, start: Position): YamlMapping {
  return node?.kind === 'mapping' ? node : refuse('syntax', 'Invalid configuration format', start);
}

/** The first document of the text; null when there is none. */
function readDocument(
  text: string,
  places: Places,
  limits: ComposeLimits,
  repeated: Problem[],
): YamlNode | null {
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: PARSER_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const moved = error.reason === 'deficient indentation' && moveIn(text, limits.max_yaml_size_bytes);
    if (moved) return readDocument(moved.text, (offset) => places(moved.origin(offset)), limits, repeated);
    return refuseText(error, text, places);
  }
  const documents = splitDocuments(events).filter((document) => !isBlank(document));
  if (documents.length > 2) refuse('syntax', 'The parsed YAML has too many documents', places(0));
  if (!documents[0]) return null;
  const composer = new Composer(text, places, limits);
  const root = composer.compose(documents[0]);
  repeated.push(...composer.repeated);
  return root;
}

function refuseText(error: YAMLException, text: string, places: Places): never {
  const offset = error.mark?.position ?? 0;
  const position = places(offset);
  if (error.reason.startsWith('nesting exceeded')) refuse('syntax', 'The parsed YAML is too big', position);
  const { line, column } = position;
  refuse(
    'syntax',
    `(<unknown>): ${reasonAt(text[offset] ?? '', error.reason)} at line ${line} column ${column}`,
    position,
  );
}

/** In the words of Ruby's parser, for the mistakes that are made most. */
function reasonAt(char: string, reason: string): string {
  if (char === ':' && reason === 'bad indentation of a mapping entry')
    return 'mapping values are not allowed in this context';
  return CANNOT_START.includes(char)
    ? 'found character that cannot start any token while scanning for the next token'
    : reason;
}

const CANNOT_START = ['@', '`', '%', '\t'];

/** Whether there is nothing in a document but comments. */
const isBlank = ([first, ...rest]: Event[]) =>
  first === undefined ||
  (rest.length === 0 && first.type === EVENT_ID.SCALAR && first.valueStart < 0 && first.tagStart < 0);

function splitDocuments(events: Event[]): Event[][] {
  const documents: Event[][] = [];
  let depth = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) documents.push([]);
    else if (event.type !== EVENT_ID.POP || depth > 1) documents.at(-1)?.push(event);
    if (event.type === EVENT_ID.POP) depth--;
    else if (event.type <= EVENT_ID.MAPPING) depth++;
  }
  return documents;
}
