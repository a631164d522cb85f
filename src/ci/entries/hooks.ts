import type { HookSpec } from '../plan.ts';
import { at, type YamlNode } from '../yaml-node.ts';
import { checkKeys } from './checks.ts';
import type { Scope } from './scope.ts';
import { readScript } from './script.ts';

const HOOKS = ['pre_get_sources_script'] as const;

/** `hooks`: scripts that the runner runs around what it does itself. */
export function readHooks(node: YamlNode, scope: Scope): HookSpec[] {
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return [];
  }
  checkKeys(node, scope, HOOKS);
  return HOOKS.flatMap((name) => {
    const script = at(node, name);
    return script ? { name, script: readScript(script, scope.child(name)) } : [];
  });
}
