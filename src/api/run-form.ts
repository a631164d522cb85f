import { Type } from 'typebox';
import { isInBrowser } from '../access/caller.ts';
import { INPUT_TYPES } from '../ci/header.ts';
import type { Problem } from '../ci/problem.ts';
import { apiError, notFound } from '../errors.ts';
import { findRef } from '../git/find-ref.ts';
import { filled, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { runFormOf } from '../pipelines/lint-configuration.ts';
import { mayUpdateRef } from '../projects/may-update-ref.ts';
import { entity, nullable } from './entities/entity.ts';

const Told = entity({
  message: Type.String(),
  file: Type.String(),
  line: Type.Integer(),
  column: Type.Integer(),
});

const Value = nullable(Type.Unknown({ description: 'Of its type' }));
const Options = nullable(Type.Array(Type.Unknown()));

const RunForm = entity({
  ref: Type.String(),
  tag: Type.Boolean(),
  sha: Type.String(),
  allowed: Type.Boolean({ description: 'Whether the caller may run a pipeline for the ref' }),
  valid: Type.Boolean({ description: 'Whether the configuration can be read' }),
  errors: Type.Array(Told),
  warnings: Type.Array(Told),
  inputs: Type.Array(
    entity({
      name: Type.String(),
      type: Type.Enum([...INPUT_TYPES]),
      description: nullable(Type.String()),
      required: Type.Boolean({ description: 'It has no default' }),
      default: Value,
      options: Options,
      regex: nullable(Type.String({ description: 'RE2' })),
      rules: nullable(
        Type.Array(entity({ if: nullable(Type.String()), options: Options, default: Value }), {
          description: '`default` and `options` are those of the first that holds',
        }),
      ),
    }),
  ),
  variables: Type.Array(
    entity({
      key: Type.String(),
      value: Type.String(),
      description: nullable(Type.String()),
      options: nullable(Type.Array(Type.String())),
    }),
  ),
});

/** What a pipeline can be begun with. */
export function runFormRoutes({ db, clock, repositories, pipelineSettings }: Parts): Route[] {
  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/ci/run_form',
      summary: 'Get what a pipeline for a ref can be given: inputs and variables of its configuration',
      tag: 'CI lint',
      ability: 'create_pipeline',
      authenticate: true,
      params: Type.Object({
        id: subjectId,
        ref: Type.Optional(filled()),
        inputs: Type.Optional(
          Type.Object(
            {},
            {
              additionalProperties: Type.Unknown(),
              description: 'What the form holds already: rules go by it',
            },
          ),
        ),
      }),
      reply: RunForm,
      handler: async ({ params, project, caller, role }) => {
        if (!caller.user) throw apiError('unauthorized');
        const found = await findRef(repositories.of(project.id), params.ref ?? project.default_branch ?? '');
        if (!found) throw notFound('Reference');
        const { name: ref, tag, sha } = found;
        const trial = {
          project,
          user: caller.user,
          role,
          source: isInBrowser(caller) ? 'web' : 'api',
          inputs: params.inputs && { ...params.inputs },
          ref,
          tag,
          sha,
        };
        const [form, allowed] = await Promise.all([
          runFormOf(db, repositories, pipelineSettings(), trial, clock()),
          mayUpdateRef(db.read, project.id, role, found),
        ]);
        return {
          ref,
          tag,
          sha,
          allowed,
          ...form,
          errors: form.errors.map(told),
          warnings: form.warnings.map(told),
        };
      },
    }),
  ];
}

const told = ({ message, file, line, column }: Problem) => ({ message, file, line, column });
