import { at, isBoolean, type YamlNode } from '../yaml-node.ts';
import { checkKeys, integersIn } from './checks.ts';
import type { Scope } from './scope.ts';

export interface AllowFailure {
  /** Null when the job does not say. */
  allow_failure: boolean | null;
  allow_failure_exit_codes: number[];
}

/** `allow_failure`: whether at all, or with which exit codes. That it is one of the two has been checked. */
export function readAllowFailure(node: YamlNode | undefined, scope: Scope): AllowFailure {
  if (node === undefined) return { allow_failure: null, allow_failure_exit_codes: [] };
  if (node.kind !== 'mapping') {
    return { allow_failure: isBoolean(node) && node.value, allow_failure_exit_codes: [] };
  }
  checkKeys(node, scope, ['exit_codes']);
  const exitCodes = at(node, 'exit_codes');
  const codes = exitCodes && integersIn(exitCodes);
  if (exitCodes && !codes) {
    scope.error('exit_codes', 'should be an array of integers or an integer', exitCodes.position);
  }
  return { allow_failure: false, allow_failure_exit_codes: codes ?? [] };
}
