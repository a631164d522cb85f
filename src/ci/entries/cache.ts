import type { CacheConfig, CacheKeyFiles } from '../config.ts';
import { at, isBlank, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, optionalString, readBoolean, readOneOf, stringsIn } from './checks.ts';
import type { Scope } from './scope.ts';

const KEYS = ['key', 'untracked', 'paths', 'when', 'policy', 'unprotect', 'fallback_keys'];
const WHEN = ['on_success', 'on_failure', 'always'] as const;
const POLICIES = ['pull-push', 'push', 'pull'];
const MAX_CACHES = 4;
const MAX_FALLBACK_KEYS = 5;
const MAX_KEY_FILES = 2;
const DEFAULT_KEY = 'default';

/** `cache`: one, or several; none when it is empty. */
export function readCaches(node: YamlNode, scope: Scope): CacheConfig[] {
  if (node.kind === 'scalar') {
    scope.error('config', 'can only be a hash or an array', node.position);
    return [];
  }
  if (isBlank(node)) return [];
  const items = node.kind === 'sequence' ? node.items : [node];
  if (items.length > MAX_CACHES) {
    scope.error('config', `no more than ${MAX_CACHES} caches can be created`, node.position);
    return [];
  }
  return items.flatMap((item) => readCache(item, scope.item()) ?? []);
}

function readCache(node: YamlNode, scope: Scope): CacheConfig | null {
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return null;
  }
  checkKeys(node, scope, KEYS);
  const policy = readPolicy(node, scope);
  const when = readOneOf(node, 'when', WHEN, `should be one of: ${WHEN.join(', ')}`, scope);
  const fallback = at(node, 'fallback_keys');
  if (fallback?.kind === 'sequence' && fallback.items.length > MAX_FALLBACK_KEYS) {
    scope.error('fallback_keys', `has to many entries (maximum ${MAX_FALLBACK_KEYS})`, fallback.position);
  }
  if (scope.failed) return null;
  const key = at(node, 'key');
  return {
    key: key ? readKey(key, scope.child('key')) : DEFAULT_KEY,
    unprotect: flag(node, 'unprotect', scope),
    untracked: flag(node, 'untracked', scope),
    paths: strings(node, 'paths', scope),
    fallback_keys: strings(node, 'fallback_keys', scope),
    policy: policy ?? 'pull-push',
    when: when ?? 'on_success',
  };
}

function readPolicy(node: YamlMapping, scope: Scope): string | null {
  const written = at(node, 'policy');
  if (!written || isBlank(written)) return null;
  const policy = optionalString(written, 'policy', scope);
  if (policy === null || !(POLICIES.includes(policy) || policy.includes('$'))) {
    scope.error('policy', `should be a variable or one of: ${POLICIES.join(', ')}`, written.position);
  }
  return policy;
}

function flag(node: YamlMapping, key: string, scope: Scope): boolean {
  const value = at(node, key);
  return value ? readBoolean(value, scope.child(key)) : false;
}

function strings(node: YamlMapping, key: string, scope: Scope): string[] {
  const value = at(node, key);
  if (!value) return [];
  const list = stringsIn(value);
  if (list === null) scope.child(key).error('config', 'should be an array of strings', value.position);
  return list ?? [];
}

function readKey(node: YamlNode, scope: Scope): string | CacheKeyFiles {
  if (isString(node)) return readKeyText(node, scope) || DEFAULT_KEY;
  if (node.kind !== 'mapping') {
    scope.plainError(`${scope.path} should be a hash, a string or a symbol`, node.position);
    return DEFAULT_KEY;
  }
  checkKeys(node, scope, ['files', 'files_commits', 'prefix']);
  if (node.entries.has('files') && node.entries.has('files_commits')) {
    scope.error('config', 'must use exactly one of these keys: files, files_commits', node.position);
  } else if (!node.entries.has('files') && !node.entries.has('files_commits')) {
    scope.error('config', 'missing required keys: files', node.position);
  }
  const which = node.entries.has('files') ? 'files' : 'files_commits';
  const files = at(node, which);
  const prefix = at(node, 'prefix');
  return {
    files: files ? readKeyFiles(files, scope.child(which)) : [],
    by_commit: which === 'files_commits',
    prefix: prefix ? readKeyText(prefix, scope.child('prefix')) : null,
  };
}

function readKeyFiles(node: YamlNode, scope: Scope): string[] {
  const files = stringsIn(node);
  if (files === null) scope.error('config', 'should be an array of strings', node.position);
  else if (files.length === 0) scope.error('config', 'requires at least 1 item', node.position);
  else if (files.length > MAX_KEY_FILES) {
    scope.error('config', `has too many items (maximum is ${MAX_KEY_FILES})`, node.position);
  }
  return files ?? [];
}

/** Names a folder or an object of the runner's cache. */
function readKeyText(node: YamlNode, scope: Scope): string {
  if (!isString(node)) {
    scope.error('config', 'should be a string or symbol', node.position);
    return '';
  }
  const decoded = node.value.replaceAll(/%2f/gi, '/').replaceAll(/%2e/gi, '.');
  if (decoded.includes('/')) scope.error('config', 'cannot contain the "/" character', node.position);
  else if (decoded === '.' || decoded === '..') {
    scope.error('config', 'cannot be "." or ".."', node.position);
  }
  return node.value;
}
