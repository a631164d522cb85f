import { Type } from 'typebox';
import { entity, nullable } from './entity.ts';

const place = { file: Type.String(), line: Type.Integer(), column: Type.Integer() };
const Told = entity({ message: Type.String(), ...place });

const Paths = entity({
  paths: Type.Array(Type.String(), { description: 'The first ten that match' }),
  assumed: nullable(Type.Enum(['unknown', 'too_many'])),
});

const Clause = entity({
  keyword: Type.Enum(['rules', 'only', 'except']),
  number: nullable(Type.Integer({ description: 'Of rules: which one, from 1' })),
  key: nullable(Type.Enum(['refs', 'kubernetes', 'variables', 'changes'])),
  ...place,
  holds: Type.Boolean(),
  failed: nullable(Type.Enum(['if', 'changes', 'exists'])),
  expression: nullable(Type.String()),
  variables: Type.Array(
    entity({
      key: Type.String(),
      value: nullable(Type.String()),
      defined: Type.Boolean(),
      masked: Type.Boolean(),
      source: nullable(Type.Enum(['predefined', 'configuration', 'given'])),
    }),
  ),
  changes: nullable(Paths),
  exists: nullable(Paths),
});

const decision = {
  included: Type.Boolean(),
  reason: Type.Enum([
    'rule',
    'never',
    'no_rule_matched',
    'no_rules',
    'only_except',
    'only',
    'except',
    'undecided',
    'not_asked',
    'skipped',
    'workflow',
    'empty_parallel',
    'same_name',
  ]),
  message: Type.String(),
  decided_by: nullable(Clause),
  passed_over: Type.Array(Clause),
};

/** Why a pipeline has the jobs that it has. */
export const Explanation = entity({
  valid: Type.Boolean(),
  errors: Type.Array(Told),
  warnings: Type.Array(Told),
  workflow: entity(decision),
  includes: Type.Array(entity({ location: Type.String(), ...place, ...decision })),
  jobs: Type.Array(
    entity({
      name: Type.String(),
      stage: Type.String(),
      ...place,
      ...decision,
      when: nullable(Type.String()),
      dropped_needs: Type.Array(Type.String()),
    }),
  ),
  abridged: Type.Boolean({ description: 'Whether more was asked than is told' }),
});
