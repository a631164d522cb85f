import { EVENT_ID, parseEvents, YAMLException, type Event } from 'js-yaml';
import { Composer, type ComposeLimits } from './compose.ts';
import { refuse } from './problem.ts';
import type { YamlMapping } from './yaml-node.ts';

/** Far above what a configuration may nest, but within the parser's own recursion. */
const PARSER_DEPTH = 500;

/**
 * The file's mapping, every node with its place. Throws `CompileError` at the first mistake. Anchors, `<<`,
 * repeated keys and plain scalars are read as Ruby's YAML does, not as the standard says: pairs are taken from top
 * to bottom, so `<<` overrides the keys above it and is overridden by those below, and of a repeated key the last
 * counts.
 */
export function parse(source: string, file: string, limits: ComposeLimits): YamlMapping {
  const start = { file, line: 1, column: 1 };
  if (Buffer.byteLength(source) > limits.max_yaml_size_bytes) {
    refuse('syntax', 'The provided YAML is too big', start);
  }
  const documents = splitDocuments(readEvents(source, file));
  if (documents.length > 2) refuse('syntax', 'The parsed YAML has too many documents', start);
  const root = documents[0] && new Composer(source, file, limits).compose(documents[0]);
  if (root?.kind !== 'mapping') refuse('syntax', 'Invalid configuration format', start);
  const header = root.entries.get('spec');
  if (documents.length === 2 && header)
    refuse('unsupported', '`spec` is not supported yet', header.key.position, 'spec');
  return root;
}

function readEvents(source: string, file: string): Event[] {
  try {
    return parseEvents(source, { maxDepth: PARSER_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = (error.mark?.line ?? 0) + 1;
    const column = (error.mark?.column ?? 0) + 1;
    const position = { file, line, column };
    if (error.reason.startsWith('nesting exceeded')) refuse('syntax', 'The parsed YAML is too big', position);
    const reason =
      source[error.mark?.position ?? -1] === ':' && error.reason === 'bad indentation of a mapping entry'
        ? 'mapping values are not allowed in this context'
        : error.reason;
    refuse('syntax', `(<unknown>): ${reason} at line ${line} column ${column}`, position);
  }
}

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
