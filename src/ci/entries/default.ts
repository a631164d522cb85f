import { durationSeconds } from '../duration.ts';
import type { ArtifactsSpec, ImageSpec, ServiceSpec } from '../plan.ts';
import { refuse } from '../problem.ts';
import { at, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { readArtifacts } from './artifacts.ts';
import { checkKeys } from './checks.ts';
import { readImage, readServices } from './image.ts';
import type { Scope } from './scope.ts';
import { readScript, readTags } from './script.ts';

/** What jobs may inherit; undefined where nothing is said. */
export interface Inheritable {
  before_script?: string[];
  after_script?: string[];
  image?: ImageSpec | null;
  services?: ServiceSpec[];
  artifacts?: ArtifactsSpec | null;
  timeout?: number | null;
  tags?: string[];
}

type Reader = (node: YamlNode, scope: Scope) => Inheritable;

/** In the order in which their mistakes are told. */
const READERS: Record<keyof Inheritable, Reader> = {
  before_script: (node, scope) => ({ before_script: readScript(node, scope) }),
  after_script: (node, scope) => ({ after_script: readScript(node, scope) }),
  image: (node, scope) => ({ image: readImage(node, scope) }),
  services: (node, scope) => ({ services: readServices(node, scope) }),
  timeout: (node, scope) => ({ timeout: readTimeout(node, scope) }),
  tags: (node, scope) => ({ tags: readTags(node, scope) }),
  artifacts: (node, scope) => ({ artifacts: readArtifacts(node, scope) }),
};

export const DEFAULT_KEYS: readonly string[] = Object.keys(READERS);
export const DEFAULT_NOT_YET: readonly string[] = [
  'cache',
  'hooks',
  'id_tokens',
  'identity',
  'interruptible',
  'retry',
];
/** May also stand at the root, as before `default` existed. */
const ROOT_KEYS = ['before_script', 'after_script', 'image', 'services'] as const;

/** 30.436875 days, what GitLab takes for a month here. */
const LONGEST_TIMEOUT_SECONDS = 2_629_746;

/** What a mapping (a job, `default`, the root) says of the keys that jobs may inherit. */
export function readInheritable(
  mapping: YamlMapping,
  scope: Scope,
  keys: readonly string[] = DEFAULT_KEYS,
): Inheritable {
  const result: Inheritable = {};
  for (const [key, read] of Object.entries(READERS)) {
    const node = keys.includes(key) ? at(mapping, key) : undefined;
    if (node) Object.assign(result, read(node, scope.child(key)));
  }
  return result;
}

/** `default` (`node`) with what the root itself says in the old way; saying a thing in both places stops everything. */
export function readDefault(root: YamlMapping, node: YamlNode | undefined, rootScope: Scope): Inheritable {
  const scope = rootScope.child('default');
  let inherited: Inheritable = {};
  if (node && node.kind !== 'mapping') scope.error('config', 'should be a hash', node.position);
  if (node?.kind === 'mapping') {
    for (const key of ROOT_KEYS) {
      if (!at(root, key) || !at(node, key)) continue;
      refuse('entry', `${key} is defined in top-level and \`default:\` entry`, node.position, 'default');
    }
    checkKeys(node, scope, DEFAULT_KEYS, DEFAULT_NOT_YET);
    if (!scope.failed) inherited = readInheritable(node, scope);
  }
  return { ...inherited, ...readInheritable(root, rootScope, ROOT_KEYS) };
}

function readTimeout(node: YamlNode, scope: Scope): number | null {
  const seconds = isString(node) ? durationSeconds(node.value) : null;
  if (seconds === null) scope.error('config', 'should be a duration', node.position);
  else if (seconds >= LONGEST_TIMEOUT_SECONDS)
    scope.error('config', 'should not exceed the limit', node.position);
  return seconds === null ? null : Math.floor(seconds);
}
