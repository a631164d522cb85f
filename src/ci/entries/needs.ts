import type { NeedConfig } from '../config.ts';
import type { CrossDependency } from '../plan.ts';
import { at, isBoolean, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, requiredString } from './checks.ts';
import { readParallel } from './parallel.ts';
import type { Scope } from './scope.ts';

/** Needs of jobs of this pipeline, and of artifacts from others. */
export interface Needs {
  jobs: NeedConfig[];
  cross: CrossDependency[];
  /** Of the project whose pipeline a bridge mirrors; null when none is named. */
  upstream: string | null;
}

type Need = { job: NeedConfig } | { cross: CrossDependency } | { upstream: string };

const MAX_CROSS_PIPELINE = 5;

/**
 * `needs`: jobs to wait for, an empty list means: for nothing at all. What else it may hold: jobs that run a script may
 * have `cross` dependencies, bridges a pipeline, and rules neither.
 */
export function readNeeds(node: YamlNode, scope: Scope, besides: 'cross' | 'bridge' | null): Needs {
  if (node.kind === 'scalar') scope.error('config', 'can only be a hash or an array', node.position);
  if (node.kind === 'mapping' && node.entries.size === 0) {
    scope.error('config', 'can not be an empty hash', node.position);
  }
  if (scope.failed) return { jobs: [], cross: [], upstream: null };
  const needs = flatten(node).flatMap((need) => readNeed(need, scope.child('need')) ?? []);
  const cross = needs.flatMap((need) => ('cross' in need ? need.cross : []));
  const upstreams = needs.flatMap((need) => ('upstream' in need ? need.upstream : []));
  const types = [
    ...(cross.length > 0 && besides !== 'cross' ? ['cross_dependency'] : []),
    ...(upstreams.length > 0 && besides !== 'bridge' ? ['bridge'] : []),
  ];
  if (types.length > 0) scope.error('config', `uses invalid types: ${types.join(', ')}`, node.position);
  else if (upstreams.length > 1)
    scope.error('config', 'should contain at most one bridge need', node.position);
  if (cross.filter(({ pipeline }) => pipeline !== null).length > MAX_CROSS_PIPELINE)
    scope.error('config', `must be less than or equal to ${MAX_CROSS_PIPELINE}`, node.position);
  const jobs = needs.flatMap((need) => ('job' in need ? need.job : []));
  return { jobs, cross, upstream: upstreams[0] ?? null };
}

function flatten(node: YamlNode): YamlNode[] {
  return node.kind === 'sequence' ? node.items.flatMap(flatten) : [node];
}

function readNeed(node: YamlNode, scope: Scope): Need | null {
  if (isString(node)) {
    if (node.value.trim() === '') scope.error('config', "can't be blank", node.position);
    return { job: { name: node.value, artifacts: true, optional: false } };
  }
  if (node.kind === 'mapping') {
    const { entries } = node;
    if (entries.has('project')) return readOfProject(node, scope);
    if (entries.has('pipeline') && entries.has('job')) return readOfPipeline(node, scope);
    if (entries.has('pipeline')) return readUpstream(node, scope);
    if (entries.has('job')) return readSpelledOut(node, scope);
  }
  scope.plainError(`${scope.path} has an unsupported type`, node.position);
  return null;
}

/** The latest pipeline of another project, as a whole. */
function readUpstream(node: YamlMapping, scope: Scope): Need | null {
  checkKeys(node, scope, ['pipeline']);
  const upstream = requiredString(at(node, 'pipeline'), 'pipeline', scope, node);
  return upstream === null ? null : { upstream };
}

/** Artifacts of a job of a parent pipeline, or of the pipeline itself. */
function readOfPipeline(node: YamlMapping, scope: Scope): Need | null {
  checkKeys(node, scope, ['pipeline', 'job', 'artifacts']);
  const pipeline = requiredString(at(node, 'pipeline'), 'pipeline', scope, node);
  const job = requiredString(at(node, 'job'), 'job', scope, node);
  const artifacts = readFlag(node, 'artifacts', true, scope);
  if (pipeline === null || job === null) return null;
  return { cross: { pipeline, project: null, ref: null, job, artifacts } };
}

/** Artifacts of a job of the last successful pipeline of another project's ref. */
function readOfProject(node: YamlMapping, scope: Scope): Need | null {
  checkKeys(node, scope, ['project', 'job', 'ref', 'artifacts']);
  const project = requiredString(at(node, 'project'), 'project', scope, node);
  const job = requiredString(at(node, 'job'), 'job', scope, node);
  const ref = requiredString(at(node, 'ref'), 'ref', scope, node);
  const artifacts = readFlag(node, 'artifacts', true, scope);
  if (project === null || job === null || ref === null) return null;
  return { cross: { pipeline: null, project, ref, job, artifacts } };
}

function readSpelledOut(node: YamlMapping, scope: Scope): Need | null {
  checkKeys(node, scope, ['job', 'artifacts', 'optional', 'parallel']);
  const name = requiredString(at(node, 'job'), 'job', scope, node);
  const artifacts = readFlag(node, 'artifacts', true, scope);
  const optional = readFlag(node, 'optional', false, scope);
  if (scope.failed || name === null) return null;
  const written = at(node, 'parallel');
  const parallel = written && readParallel(written, scope.child('parallel'), { number: false });
  const need = { name, artifacts, optional };
  return { job: parallel && 'matrix' in parallel ? { ...need, parallel: parallel.matrix } : need };
}

function readFlag(node: YamlMapping, key: string, byDefault: boolean, scope: Scope): boolean {
  const value = at(node, key);
  if (value && !isBoolean(value)) scope.error(key, 'should be a boolean value', value.position);
  return value && isBoolean(value) ? value.value : byDefault;
}
