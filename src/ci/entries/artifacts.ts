import { isExpiry } from '../duration.ts';
import type { ArtifactsSpec, ReportSpec } from '../plan.ts';
import { at, isBlank, isBoolean, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkExclusive, checkKeys, optionalStrings, readOneOf } from './checks.ts';
import { readReports } from './reports.ts';
import type { Scope } from './scope.ts';

const KEYS = 'name untracked paths reports when expire_in expose_as exclude public access'.split(' ');
const WHEN = ['on_success', 'on_failure', 'always'] as const;
const ACCESS = ['none', 'developer', 'maintainer', 'all'] as const;
const MAX_EXPOSE_AS = 100;

/** `artifacts`, taken apart: what the archive holds, and the reports beside it. */
export interface Artifacts {
  archive: ArtifactsSpec;
  reports: ReportSpec[];
}

/** `artifacts`: what of the job's files is kept, for how long and for whom. */
export function readArtifacts(node: YamlNode, scope: Scope): Artifacts | null {
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return null;
  }
  checkKeys(node, scope, KEYS);
  const exposeAs = at(node, 'expose_as');
  const written = at(node, 'paths');
  if (exposeAs && (!written || isBlank(written))) {
    scope.error('paths', "can't be blank", (written ?? exposeAs).position);
  }
  checkExclusive(node, scope, ['access', 'public']);
  const archive: ArtifactsSpec = {};

  const name = at(node, 'name');
  if (name && isString(name)) archive.name = name.value;
  else if (name) scope.error('name', 'should be a string', name.position);

  const isPublic = flag(node, 'public', scope);
  if (isPublic !== undefined) archive.access = isPublic ? 'all' : 'developer';
  const untracked = flag(node, 'untracked', scope);
  if (untracked !== undefined) archive.untracked = untracked;

  const paths = optionalStrings(written, 'paths', scope);
  if (paths) archive.paths = paths;
  if (exposeAs && paths?.some((path) => path.includes('*'))) {
    scope.error('paths', "can't contain '*' when used with 'expose_as'", exposeAs.position);
  }
  if (exposeAs) archive.expose_as = readExposeAs(exposeAs, scope);
  const exclude = optionalStrings(at(node, 'exclude'), 'exclude', scope);
  if (exclude) archive.exclude = exclude;

  const reports = at(node, 'reports');
  if (reports && reports.kind !== 'mapping') scope.error('reports', 'should be a hash', reports.position);

  const when = readOneOf(node, 'when', WHEN, `should be one of: ${WHEN.join(', ')}`, scope);
  if (when) archive.when = when;

  const expireIn = at(node, 'expire_in');
  if (expireIn && isString(expireIn) && isExpiry(expireIn.value)) archive.expire_in = expireIn.value;
  else if (expireIn) scope.error('expire_in', 'should be a duration', expireIn.position);

  const access = readOneOf(node, 'access', ACCESS, `should be one of: ${ACCESS.join(', ')}`, scope);
  if (access) archive.access = access;

  const isReadable = reports?.kind === 'mapping' && !scope.failed;
  return { archive, reports: isReadable ? readReports(reports, scope.child('reports')) : [] };
}

function flag(node: YamlMapping, key: string, scope: Scope): boolean | undefined {
  const value = at(node, key);
  if (value && !isBoolean(value)) scope.error(key, 'should be a boolean value', value.position);
  return value && isBoolean(value) ? value.value : undefined;
}

function readExposeAs(node: YamlNode, scope: Scope): string {
  if (!isString(node)) {
    scope.error('expose_as', 'should be a string', node.position);
    return '';
  }
  if (node.value.length > MAX_EXPOSE_AS) {
    scope.error('expose_as', `is too long (maximum is ${MAX_EXPOSE_AS} characters)`, node.position);
  }
  if (!/^\w[-\w ]*$/.test(node.value)) {
    scope.error('expose_as', "can contain only letters, digits, '-', '_' and spaces", node.position);
  }
  return node.value;
}
