import { EDGE_STAGES, withEdges } from '../edge-stages.ts';
import { isString, type YamlNode } from '../yaml-node.ts';
import { flattenNested, readString, stringsIn } from './checks.ts';
import { tagList } from '../tag-list.ts';
import type { Scope } from './scope.ts';

export const MAX_NESTING = 10;
const LONGEST_STAGE = 255;

/** A text, or lists of texts within lists, flattened. A text is one element, however many lines it has. */
export function readScript(node: YamlNode, scope: Scope): string[] {
  const lines = isString(node) ? [node.value] : flattenNested(node, MAX_NESTING, readString);
  if (lines) return lines;
  scope.error(
    'config',
    `should be a string or a nested array of strings up to ${MAX_NESTING} levels deep`,
    node.position,
  );
  return [];
}

/** `stages`, flattened, with `.pre` and `.post` put at the ends wherever they are written. */
export function readStages(node: YamlNode | undefined, scope: Scope): string[] {
  const stages =
    node === undefined ? ['build', 'test', 'deploy'] : flattenNested(node, MAX_NESTING, readString);
  if (stages === null) {
    scope.error(
      'config',
      `should be an array of strings or a nested array of strings up to ${MAX_NESTING} levels deep`,
      node?.position as YamlNode['position'],
    );
  }
  if (stages?.some((stage) => stage.length > LONGEST_STAGE))
    scope.error(
      'config',
      `has a name that is too long (maximum is ${LONGEST_STAGE} characters)`,
      node?.position as YamlNode['position'],
    );
  return withEdges((stages ?? []).filter((stage) => !EDGE_STAGES.includes(stage)));
}

const TAGS_LIMIT = 50;

/** `tags` as written; variables in them are filled in when the job is planned. */
export function readTags(node: YamlNode, scope: Scope): string[] {
  const tags = stringsIn(node);
  if (tags === null) scope.error('config', 'should be an array of strings', node.position);
  else if (tagList(tags).length >= TAGS_LIMIT) {
    scope.error('config', `must be less than the limit of ${TAGS_LIMIT} tags`, node.position);
  }
  return tags ?? [];
}
