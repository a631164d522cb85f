import { type InputSpec, JOB_INPUT_KEYS, readInput } from '../header.ts';
import { inputValues } from '../inputs.ts';
import type { JobInputSpec } from '../plan.ts';
import { CompileError, type Position } from '../problem.ts';
import { isNull, toJson, type YamlNode } from '../yaml-node.ts';
import type { Scope } from './scope.ts';

const MOST = 50;

/** `inputs` of a job: values that the runner puts in the place of `${{ job.inputs.NAME }}`; here their defaults. */
export function readJobInputs(node: YamlNode, scope: Scope): JobInputSpec[] {
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return [];
  }
  if (node.entries.size > MOST) tell(scope, `has too many entries (maximum ${MOST})`, node.position);
  const specs = [...node.entries].flatMap(([name, { key, value }]) => {
    const below = scope.child(name);
    const spec = isNull(value) ? null : readInput(name, key, value, below, JOB_INPUT_KEYS);
    const hasDefault = spec?.default && !isNull(spec.default);
    if (!hasDefault && (isNull(value) || value.kind === 'mapping'))
      below.plainError(`${below.path} must have a default value`, key.position);
    return spec && hasDefault ? [spec] : [];
  });
  return scope.problems.length > 0 ? [] : valuesOf(specs, node, scope);
}

function valuesOf(specs: readonly InputSpec[], node: YamlNode, scope: Scope): JobInputSpec[] {
  return specs.flatMap((spec) => {
    try {
      const value = inputValues([spec], null, node.position).get(spec.name);
      return [{ key: spec.name, type: spec.type, value: value ? toJson(value) : null }];
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      const { message, file, line, column } = error.problem;
      tell(scope, message.replace(' input:', ':'), { file, line, column });
      return [];
    }
  });
}

/** GitLab tells it as a mistake of the job. */
function tell(scope: Scope, what: string, position: Position): void {
  scope.plainError(`${scope.keys.slice(0, -1).join(':')} inputs ${what}`.toLowerCase(), position);
}
