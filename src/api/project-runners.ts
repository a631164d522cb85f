import { Type } from 'typebox';
import { isAdmin } from '../access/caller.ts';
import { apiError, notFound } from '../errors.ts';
import { pageParams } from '../http/paging.ts';
import { subjectId } from '../http/parameters.ts';
import { groupRoute, projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { assignRunner, unassignRunner } from '../runners/assign-runner.ts';
import { withSurroundings } from '../runners/runner-list-store.ts';
import { findRunner, isAssigned } from '../runners/runner-store.ts';
import { Runner, runner, RunnerList } from './entities/runner.ts';
import { runnerListParams, runnerScopeParam } from './runner-filter.ts';
import { runnerOf } from './runners.ts';
import { runnersPage } from './runners-page.ts';

const tag = 'Runners';

/** The runners that a project or a group can use, and which of them a project may. */
export function projectRunnerRoutes(parts: Parts): Route[] {
  const { db, clock, url, waiting } = parts;
  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/runners',
      summary: "List a project's runners, those of its groups and the server's too",
      tag,
      ability: 'read_project_runners',
      authenticate: true,
      params: Type.Object({ id: subjectId, ...runnerListParams, ...runnerScopeParam, ...pageParams }),
      reply: RunnerList,
      handler: async (call) => {
        const { id: project_id, namespace_id, shared_runners_enabled } = call.project;
        return runnersPage(parts, call, { of: 'project', project_id, namespace_id, shared_runners_enabled });
      },
    }),
    projectRoute({
      method: 'POST',
      path: '/projects/:id/runners',
      summary: 'Let a project runner run the jobs of one more project',
      tag,
      ability: 'admin_project_runners',
      params: Type.Object({ id: subjectId, runner_id: Type.Integer() }),
      reply: Runner,
      handler: async ({ params, project, caller }) => {
        const { row, manages } = await runnerOf(parts, params.runner_id, caller);
        if (row.runner_type === 'group_type') throw apiError('forbidden_because', 'Runner is a group runner');
        if (!isAdmin(caller)) {
          if (row.locked === 1) throw apiError('forbidden_because', 'Runner is locked');
          // The built-in one runs on the server's own machine.
          if (!manages || row.built_in === 1) throw apiError('forbidden_because', 'No access granted');
        }
        await assignRunner(db, row, project.id);
        waiting.release(row.id);
        const [assigned] = await withSurroundings(db.read, [row]);
        if (!assigned) throw apiError('record_not_found');
        return runner(assigned, url(), clock(), assigned.creator);
      },
    }),
    projectRoute({
      method: 'DELETE',
      path: '/projects/:id/runners/:runner_id',
      summary: 'Take a project from a runner',
      tag,
      ability: 'admin_project_runners',
      params: Type.Object({ id: subjectId, runner_id: Type.Integer() }),
      reply: null,
      handler: async ({ params, project }) => {
        const row = await findRunner(db.read, params.runner_id);
        if (!row || !(await isAssigned(db.read, row.id, project.id))) throw notFound('Runner');
        await unassignRunner(db, row, project.id);
        waiting.release(row.id);
      },
    }),
    groupRoute({
      method: 'GET',
      path: '/groups/:id/runners',
      summary: "List a group's runners, those above it and the server's too",
      tag,
      ability: 'read_group_runners',
      authenticate: true,
      params: Type.Object({ id: subjectId, ...runnerListParams, ...pageParams }),
      reply: RunnerList,
      handler: async (call) => runnersPage(parts, call, { of: 'group', namespace_id: call.group.id }),
    }),
  ];
}
