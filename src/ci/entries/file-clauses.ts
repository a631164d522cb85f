import type { ChangesClause, ExistsClause } from '../config.ts';
import { MAX_REGEXP } from '../file-clauses.ts';
import { compilePathRegexp } from '../path-regexp.ts';
import { at, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkExclusive, checkKeys, optionalString, stringsIn } from './checks.ts';
import type { Scope } from './scope.ts';

const MAX_PATHS = 50;

/** `rules:changes`: globs, or a mapping that says more. */
export function readChanges(node: YamlNode, scope: Scope): ChangesClause | null {
  const clause: ChangesClause = { paths: [], regexp: null, compare_to: null };
  if (node.kind === 'sequence') return { ...clause, paths: readPaths(node, 'config', scope) };
  if (node.kind === 'scalar') {
    scope.plainError(`${scope.path} should be an array or a hash`, node.position);
    return null;
  }
  checkKeys(node, scope, ['paths', 'regexp', 'compare_to']);
  requirePaths(node, scope);
  const paths = node.entries.get('paths')?.value;
  if (paths) clause.paths = readPaths(paths, 'paths', scope);
  clause.regexp = readRegexp(node, scope);
  clause.compare_to = optionalString(at(node, 'compare_to'), 'compare_to', scope);
  return clause;
}

/** `rules:exists`: a glob, globs, or a mapping that says more. */
export function readExists(node: YamlNode, scope: Scope): ExistsClause | null {
  const clause: ExistsClause = { paths: [], regexp: null, project: null, ref: null };
  if (isString(node)) return { ...clause, paths: [node.value] };
  if (node.kind === 'sequence') return { ...clause, paths: readPaths(node, 'config', scope) };
  if (node.kind === 'scalar') {
    scope.plainError(`${scope.path} should be a string, an array of strings, or a hash`, node.position);
    return null;
  }
  checkKeys(node, scope, ['paths', 'regexp', 'project', 'ref']);
  requirePaths(node, scope);
  const ref = at(node, 'ref');
  if (ref && !node.entries.has('project'))
    scope.error('config', 'missing required keys: project', ref.position);
  const paths = at(node, 'paths');
  if (paths) clause.paths = readPaths(paths, 'paths', scope);
  clause.regexp = readRegexp(node, scope);
  clause.project = optionalString(at(node, 'project'), 'project', scope);
  clause.ref = optionalString(ref, 'ref', scope);
  return clause;
}

function requirePaths(node: YamlMapping, scope: Scope): void {
  if (!node.entries.has('paths') && !node.entries.has('regexp'))
    scope.error('config', 'missing required keys: paths', node.position);
  checkExclusive(node, scope, ['paths', 'regexp']);
}

function readPaths(node: YamlNode, attribute: string, scope: Scope): string[] {
  const paths = stringsIn(node);
  if (paths === null) scope.error(attribute, 'should be an array of strings', node.position);
  if (node.kind === 'sequence' && node.items.length > MAX_PATHS)
    scope.error(attribute, `has too many entries (maximum ${MAX_PATHS})`, node.position);
  return paths ?? [];
}

function readRegexp(node: YamlMapping, scope: Scope): string | null {
  const written = at(node, 'regexp');
  const text = optionalString(written, 'regexp', scope);
  if (text === null || !written) return null;
  if (text.length > MAX_REGEXP)
    scope.error('regexp', `is too long (maximum is ${MAX_REGEXP} characters)`, written.position);
  if (compilePathRegexp(text) === null)
    scope.error('regexp', 'must be a regular expression', written.position);
  return text;
}
