import type { ReleaseSpec } from '../plan.ts';
import { at, isBlank, isString, toJson, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, optionalString, requiredString, stringsIn } from './checks.ts';
import type { Scope } from './scope.ts';

const KEYS = 'tag_name tag_message name description ref released_at milestones assets'.split(' ');
const ISO = /^\d{4}-?\d{2}-?\d{2}([T ]\d{2}(:?\d{2}(:?\d{2}([.,]\d+)?)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$/i;
/** What no ref may hold, besides white space and control characters. */
const NO_REF = /[~^:?*[\\\s]|\.\.|@\{|\/\/|\/\.|^[/.-]|[/.]$|\.lock(\/|$)/;

/** `release`: what the job says of a tag once its script has succeeded. Variables are the shell's to fill in. */
export function readRelease(node: YamlNode, scope: Scope): ReleaseSpec | undefined {
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return undefined;
  }
  checkKeys(node, scope, KEYS);
  const tag_name = requiredString(at(node, 'tag_name'), 'tag_name', scope, node);
  const tag_message = optionalString(at(node, 'tag_message'), 'tag_message', scope);
  const description = requiredString(at(node, 'description'), 'description', scope, node);
  const milestones = readMilestones(node, scope);
  const released_at = readMoment(node, scope);
  const ref = readRef(node, scope);
  const links = readLinks(node, scope);
  const name = at(node, 'name');
  if (tag_name === null || description === null) return undefined;
  return {
    tag_name,
    description,
    ...(tag_message !== null && { tag_message }),
    ...(name?.kind === 'scalar' && { name: name.text }),
    ...(ref !== null && { ref }),
    ...(released_at !== null && { released_at }),
    ...(milestones.length > 0 && { milestones }),
    ...(links.length > 0 && { links }),
  };
}

function readMilestones(node: YamlMapping, scope: Scope): string[] {
  const written = at(node, 'milestones');
  if (!written || isBlank(written)) return [];
  const titles = isString(written) ? [written.value] : stringsIn(written);
  if (titles === null)
    scope.error('milestones', 'should be an array of strings or a string', written.position);
  return titles ?? [];
}

function readMoment(node: YamlMapping, scope: Scope): string | null {
  const written = at(node, 'released_at');
  if (!written) return null;
  const isMoment =
    isString(written) && ISO.test(written.value) && !Number.isNaN(Date.parse(written.value.slice(0, 10)));
  if (!isMoment) scope.error('released_at', 'must be a valid datetime', written.position);
  return isMoment ? written.value : null;
}

function readRef(node: YamlMapping, scope: Scope): string | null {
  const written = at(node, 'ref');
  if (!written) return null;
  const isRef = isString(written) && written.value !== '' && !NO_REF.test(written.value);
  if (!isRef) scope.error('ref', 'must be a valid ref', written.position);
  return isRef ? written.value : null;
}

function readLinks(node: YamlMapping, parent: Scope): Record<string, unknown>[] {
  const assets = at(node, 'assets');
  if (!assets || parent.failed) return [];
  const scope = parent.child('assets');
  if (assets.kind !== 'mapping') {
    scope.error('config', 'should be a hash', assets.position);
    return [];
  }
  checkKeys(assets, scope, ['links']);
  const links = at(assets, 'links');
  const items = links?.kind === 'sequence' ? links.items : null;
  if (items === null || items.some(({ kind }) => kind !== 'mapping'))
    scope.error('links', 'should be an array of hashes', (links ?? assets).position);
  if (!links || isBlank(links)) scope.error('links', "can't be blank", (links ?? assets).position);
  return scope.failed ? [] : ((items ?? []).map(toJson) as Record<string, unknown>[]);
}
