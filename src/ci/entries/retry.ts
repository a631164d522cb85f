import { FAILURE_REASONS } from '../failure-reasons.ts';
import type { RetrySpec } from '../plan.ts';
import { at, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, integersIn, isInteger, readNumber, stringsIn } from './checks.ts';
import type { Scope } from './scope.ts';

const MAX_RETRIES = { least: 0, most: 2 };
const WHEN: readonly string[] = [...FAILURE_REASONS, 'always'];

/** `retry`: how often, or a map that also says after what. */
export function readRetry(node: YamlNode, scope: Scope): RetrySpec {
  const retry: RetrySpec = { max: 0, when: ['always'], exit_codes: [] };
  if (isInteger(node)) return { ...retry, max: readNumber(node, 'config', scope, MAX_RETRIES) ?? 0 };
  if (node.kind !== 'mapping') {
    scope.plainError('retry config has to be either an integer or a hash', node.position);
    return retry;
  }
  return readSpelledOut(node, scope, retry);
}

function readSpelledOut(node: YamlMapping, scope: Scope, retry: RetrySpec): RetrySpec {
  checkKeys(node, scope, ['max', 'when', 'exit_codes']);
  const max = at(node, 'max');
  if (max) retry.max = readNumber(max, 'max', scope, MAX_RETRIES) ?? 0;

  const when = at(node, 'when');
  const reasons = when && (isString(when) ? [when.value] : stringsIn(when));
  if (when && !reasons) scope.error('when', 'should be an array of strings or a string', when.position);
  const unknown = reasons?.filter((reason) => !WHEN.includes(reason)) ?? [];
  if (when && unknown.length > 0) {
    const text = isString(when)
      ? 'is not included in the list'
      : `contains unknown values: ${unknown.join(', ')}`;
    scope.error('when', text, when.position);
  }

  const exitCodes = at(node, 'exit_codes');
  const codes = exitCodes && integersIn(exitCodes);
  if (exitCodes && !codes) {
    scope.error('exit_codes', 'should be an array of integers or an integer', exitCodes.position);
  }
  if (codes) retry.exit_codes = codes;
  // Exit codes alone leave the other failures as they are.
  if (reasons) retry.when = reasons;
  else if (retry.exit_codes.length > 0) retry.when = [];
  return retry;
}
