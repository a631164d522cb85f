import type { CacheConfig } from '../config.ts';
import type { HookSpec, IdTokenSpec, ImageSpec, RetrySpec, ServiceSpec } from '../plan.ts';
import { refuse } from '../problem.ts';
import { at, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { readArtifacts, type Artifacts } from './artifacts.ts';
import { readCaches } from './cache.ts';
import { checkKeys, readBoolean, readDuration } from './checks.ts';
import { readHooks } from './hooks.ts';
import { readIdTokens } from './id-tokens.ts';
import { readImage, readServices } from './image.ts';
import { readRetry } from './retry.ts';
import type { Scope } from './scope.ts';
import { readScript, readTags } from './script.ts';

/** What jobs may inherit; undefined where nothing is said. */
export interface Inheritable {
  before_script?: string[];
  after_script?: string[];
  hooks?: HookSpec[];
  image?: ImageSpec | null;
  services?: ServiceSpec[];
  artifacts?: Artifacts | null;
  cache?: CacheConfig[];
  timeout?: number | null;
  tags?: string[];
  interruptible?: boolean;
  retry?: RetrySpec;
  id_tokens?: Record<string, IdTokenSpec>;
}

type Reader = (node: YamlNode, scope: Scope) => Inheritable;

const READERS: { [key in keyof Inheritable]-?: Reader } = {
  before_script: (node, scope) => ({ before_script: readScript(node, scope) }),
  image: (node, scope) => ({ image: readImage(node, scope) }),
  services: (node, scope) => ({ services: readServices(node, scope) }),
  after_script: (node, scope) => ({ after_script: readScript(node, scope) }),
  hooks: (node, scope) => ({ hooks: readHooks(node, scope) }),
  cache: (node, scope) => ({ cache: readCaches(node, scope) }),
  interruptible: (node, scope) => ({ interruptible: readBoolean(node, scope) }),
  timeout: (node, scope) => ({ timeout: readTimeout(node, scope) }),
  retry: (node, scope) => ({ retry: readRetry(node, scope) }),
  tags: (node, scope) => ({ tags: readTags(node, scope) }),
  artifacts: (node, scope) => ({ artifacts: readArtifacts(node, scope) }),
  id_tokens: (node, scope) => ({ id_tokens: readIdTokens(node, scope) }),
};

type Key = keyof Inheritable;

/** Where GitLab tells mistakes of what stands elsewhere. */
const LOCATIONS: { [key in Key]?: (scope: Scope) => string } = {
  retry: () => 'retry',
  cache: (scope) => [...scope.keys, 'caches'].join(':'),
};

/** In the order in which `default` tells their mistakes. */
export const DEFAULT_KEYS = Object.keys(READERS) as readonly Key[];
export const DEFAULT_PAID: readonly string[] = ['identity'];
/** In the order in which a job tells their mistakes, after the rest of its own level. */
export const JOB_DEFAULT_KEYS = [
  'before_script',
  'after_script',
  'hooks',
  'cache',
  'image',
  'services',
  'timeout',
  'retry',
  'tags',
  'artifacts',
  'id_tokens',
] as const satisfies readonly Key[];
/** May also stand at the root, as before `default` existed; told before and after what else stands there. */
const ROOT_KEYS = ['before_script', 'image', 'services', 'after_script'] as const satisfies readonly Key[];

/** 30.436875 days, what GitLab takes for a month here. */
const LONGEST_TIMEOUT_SECONDS = 2_629_746;

/** What a mapping (a job, `default`, the root) says of the keys that jobs may inherit. */
export function readInheritable(mapping: YamlMapping, scope: Scope, keys: readonly Key[]): Inheritable {
  const result: Inheritable = {};
  for (const key of keys) {
    const node = at(mapping, key);
    if (!node) continue;
    Object.assign(result, READERS[key](node, scope.child(key, { location: LOCATIONS[key]?.(scope) })));
  }
  return result;
}

/**
 * `default` (`node`) with what the root itself says in the old way, all but `cache`; saying a thing in both places
 * stops everything.
 */
export function readDefault(root: YamlMapping, node: YamlNode | undefined, rootScope: Scope): Inheritable {
  const scope = rootScope.child('default');
  let inherited: Inheritable = {};
  if (node && node.kind !== 'mapping') scope.error('config', 'should be a hash', node.position);
  if (node?.kind === 'mapping') {
    for (const key of [...ROOT_KEYS, 'cache']) {
      if (!at(root, key) || !at(node, key)) continue;
      refuse('entry', `${key} is defined in top-level and \`default:\` entry`, node.position, 'default');
    }
    checkKeys(node, scope, DEFAULT_KEYS, DEFAULT_PAID);
    if (!scope.failed) inherited = readInheritable(node, scope, DEFAULT_KEYS);
  }
  return { ...inherited, ...readInheritable(root, rootScope, ROOT_KEYS) };
}

function readTimeout(node: YamlNode, scope: Scope): number | null {
  return readDuration(node, 'config', scope, { within: node, limit: LONGEST_TIMEOUT_SECONDS });
}
