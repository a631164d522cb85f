import type { JobConfig } from '../config.ts';
import { at, isBoolean, type YamlEntry, type YamlMapping } from '../yaml-node.ts';
import { checkKeys } from './checks.ts';
import type { Inheritable } from './default.ts';
import { readParallel } from './parallel.ts';
import {
  checkProcessable,
  checkWhen,
  PROCESSABLE_KEYS,
  readOwnNeeds,
  readProcessable,
} from './processable.ts';
import type { Scope } from './scope.ts';
import { readTrigger } from './trigger.ts';

const WHEN: readonly string[] = ['on_success', 'on_failure', 'always', 'manual'];

/** A job that creates a pipeline instead of running steps. Null when something at its own level is wrong. */
export function readBridge(
  name: string,
  entry: YamlEntry,
  scope: Scope,
  inherited: Inheritable,
): JobConfig | null {
  const node = entry.value as YamlMapping;
  const clashing = checkProcessable(name, entry, scope);
  checkKeys(node, scope, [...PROCESSABLE_KEYS, ...clashing, 'trigger', 'parallel']);
  checkWhen(node, scope, WHEN);
  const allowFailure = at(node, 'allow_failure');
  if (allowFailure && !isBoolean(allowFailure)) {
    scope.error('allow_failure', 'should be a boolean value', allowFailure.position);
  }
  if (scope.failed) return null;

  const trigger = at(node, 'trigger');
  const { common } = readProcessable(name, entry, scope, inherited);
  const spec = trigger ? readTrigger(trigger, scope.child('trigger')) : null;
  const needs = readOwnNeeds(node, scope, 'bridge');
  if (!trigger && !needs?.upstream)
    scope.error('config', 'should contain either a trigger or a needs:pipeline', node.position);
  const parallel = at(node, 'parallel');
  return {
    ...common,
    kind: 'bridge',
    start_in: null,
    allow_failure: allowFailure && isBoolean(allowFailure) ? allowFailure.value : null,
    allow_failure_exit_codes: [],
    parallel: parallel ? readParallel(parallel, scope.child('parallel'), { number: false }) : null,
    instance: null,
    retry: null,
    coverage: null,
    trigger: spec,
    needs: needs && needs.jobs,
    cross_dependencies: [],
    dependencies: null,
    tags: [],
    before_script: [],
    script: [],
    after_script: null,
    image: null,
    services: [],
    artifacts: null,
    reports: [],
    cache: [],
    timeout: null,
    ...(needs?.upstream && { upstream: needs.upstream }),
  };
}
