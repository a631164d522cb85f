import { Type } from 'typebox';
import type { Caller } from '../access/caller.ts';
import { ACCESS_LEVELS, reaches, type Role } from '../access/permissions.ts';
import { findEnvironmentById } from '../environments/environment-store.ts';
import { apiError, notFound } from '../errors.ts';
import { dayOf } from '../http/day.ts';
import { route, type Route } from '../http/route.ts';
import { projectRole } from '../http/subjects.ts';
import { isExecuting } from '../jobs/job-state.ts';
import { findJobById } from '../jobs/job-store.ts';
import { findJobDetails } from '../jobs/job-details-store.ts';
import type { Parts } from '../parts.ts';
import { findGroup } from '../projects/group-store.ts';
import { findProject, type Project } from '../projects/project-store.ts';
import { entity } from './entities/entity.ts';
import { Job, jobOf } from './entities/job.ts';
import { jobAround } from './jobs.ts';

const tag = 'Jobs';
const Id = entity({ id: Type.Integer() });

const AllowedAgents = entity({
  allowed_agents: Type.Array(entity({ id: Type.Integer(), config_project: Id })),
  job: Id,
  pipeline: Id,
  project: entity({ id: Type.Integer(), groups: Type.Array(Id) }),
  user: entity({
    id: Type.Integer(),
    username: Type.String(),
    roles_in_project: Type.Array(Type.String()),
  }),
  environment: Type.Optional(entity({ slug: Type.String(), tier: Type.String() })),
});

/** The job that asks: known by its token alone. */
export function jobByTokenRoutes(parts: Parts): Route[] {
  const { db, clock } = parts;
  const projectOf = async (id: number): Promise<Project> => {
    const project = await findProject(db.read, String(id));
    if (!project) throw apiError('unauthorized');
    return project;
  };

  /** @throws 401 also for a job that its runner has yet to begin: that may use its token, but does not run */
  const running = async (caller: Caller) => {
    const { job, user } = inJob(caller);
    const found = await findJobById(db.read, job.id);
    if (!found || !isExecuting(found.status)) throw apiError('unauthorized');
    return { job, user, environment_id: found.environment_id };
  };

  return [
    route({
      method: 'GET',
      path: '/job',
      summary: 'Get the job whose token this is',
      tag,
      ability: 'job_token',
      jobToken: true,
      params: Type.Object({}),
      reply: Job,
      handler: async ({ caller }) => {
        const { job } = await running(caller);
        const [details, project] = await Promise.all([
          findJobDetails(db.read, job.project_id, job.id),
          projectOf(job.project_id),
        ]);
        if (!details) throw apiError('unauthorized');
        return jobOf(details, jobAround(parts, caller, project));
      },
    }),
    route({
      method: 'GET',
      path: '/job/allowed_agents',
      summary: 'Say who the job is; there are no agents here',
      tag,
      ability: 'job_token',
      jobToken: true,
      params: Type.Object({}),
      reply: AllowedAgents,
      handler: async ({ caller }) => {
        const { job, user, environment_id } = await running(caller);
        const project = await projectOf(job.project_id);
        const today = dayOf(clock());
        const environment = await findEnvironmentById(db.read, environment_id);
        return {
          allowed_agents: [],
          job: { id: job.id },
          pipeline: { id: job.pipeline_id },
          project: { id: project.id, groups: await groupsAbove(db.read, project.namespace_id) },
          user: {
            id: user.id,
            username: user.username,
            roles_in_project: rolesUpTo(await projectRole(db.read, caller, project, today)),
          },
          ...(environment ? { environment: { slug: environment.slug, tier: environment.tier } } : {}),
        };
      },
    }),
  ];
}

/** @throws 401 without a job's token, 404 for a person's */
function inJob(caller: Caller): Caller & { kind: 'job' } {
  if (caller.kind === 'anonymous') throw apiError('unauthorized');
  if (caller.kind === 'user') throw notFound('Job');
  return caller;
}

const rolesUpTo = (role: Role) =>
  (Object.keys(ACCESS_LEVELS) as (keyof typeof ACCESS_LEVELS)[]).filter((least) => reaches(role, least));

/** The group of a project and those above it, the outermost first; none of a person's own project. */
async function groupsAbove(db: Parts['db']['read'], namespace_id: number): Promise<{ id: number }[]> {
  const groups: { id: number }[] = [];
  for (let id: number | null = namespace_id; id !== null;) {
    const group: Awaited<ReturnType<typeof findGroup>> = await findGroup(db, String(id));
    if (!group) break;
    groups.unshift({ id: group.id });
    id = group.parent_id;
  }
  return groups;
}
