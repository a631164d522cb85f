import { type Static, Type } from 'typebox';
import { subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { type Going, readGoing, START } from '../retention/going.ts';
import { RETAINED, type RetentionRule, retentionRules } from '../retention/retention-rules.ts';
import { expiringNext } from '../retention/retention-store.ts';
import { quotaUses } from '../storage/quota.ts';
import { storageOf } from '../storage/storage-store.ts';
import { entity, iso, Moment, nullable } from './entities/entity.ts';

/** What goes next, of each kind and rule. */
const NEXT = 20;

const GoingNext = entity({
  kind: Type.Enum(['pipeline', 'trace', 'artifact']),
  id: Type.Integer({ description: "The pipeline's, the artifact's; of a log, its job's" }),
  job_id: nullable(Type.Integer()),
  name: Type.String({ description: 'Ref, job or file' }),
  size: nullable(Type.Integer({ description: 'Bytes' })),
  goes_at: Moment,
  rule: Type.Enum(['expire_in', 'age', 'count']),
});

const Storage = entity({
  project_id: Type.Integer(),
  storage_size: Type.Integer({ description: 'Bytes, of all kinds' }),
  kinds: Type.Array(
    entity({ kind: Type.Enum(['artifacts', 'traces']), size: Type.Integer(), count: Type.Integer() }),
  ),
  quotas: Type.Array(
    entity({
      kind: Type.Enum(['project', 'group']),
      id: Type.Integer(),
      full_path: Type.String(),
      storage_limit: Type.Integer(),
      storage_size: Type.Integer(),
    }),
  ),
  keep_latest_artifact: Type.Boolean(),
  rules: Type.Array(
    entity({
      kind: Type.Enum([...RETAINED]),
      rule: Type.Enum(['expire_in', 'age', 'count']),
      value: Type.Integer({ description: 'Seconds, or how many stay' }),
      source: Type.Enum(['project', 'instance']),
    }),
  ),
  next: Type.Array(GoingNext),
});

/** How much a project stores, and what of it will go. */
export function storageRoutes({ db, clock, limits }: Parts): Route[] {
  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/storage',
      summary: 'How much the project stores, under which quotas, and what will go when and by which rule',
      tag: 'Projects',
      ability: 'read_statistics',
      authenticate: true,
      params: Type.Object({ id: subjectId }),
      reply: Storage,
      handler: async ({ project }) => {
        const now = clock();
        const kinds = await storageOf(db.read, project.id);
        const rules = retentionRules(project, limits);
        const { artifacts_expire_in } = limits;
        const next = (await expiringNext(db.read, project.id, NEXT)).map((row) => ({
          kind: 'artifact' as const,
          id: row.id,
          job_id: row.job_id,
          name: row.filename,
          size: row.size,
          goes_at: iso(row.expire_at ?? now),
          rule: 'expire_in' as const,
        }));
        const ruled: Static<typeof GoingNext>[] = [];
        for (const kind of new Set(rules.map((rule: RetentionRule) => rule.kind))) {
          const read = await readGoing(db.read, kind, project.id, rules, now);
          const { going } = await read(START, NEXT);
          ruled.push(...going.map((one) => goingNext(singular[kind], one)));
        }
        return {
          project_id: project.id,
          storage_size: kinds.reduce((sum, { size }) => sum + size, 0),
          kinds,
          quotas: (await quotaUses(db.read, project.id)).map(
            ({ kind, id, full_path, storage_limit, storage_size }) => ({
              kind,
              id,
              full_path,
              storage_limit,
              storage_size,
            }),
          ),
          keep_latest_artifact: project.keep_latest_artifact === 1,
          rules: [
            ...rules,
            ...(artifacts_expire_in === null
              ? []
              : [
                  {
                    kind: 'artifacts' as const,
                    rule: 'expire_in' as const,
                    value: artifacts_expire_in,
                    source: 'instance' as const,
                  },
                ]),
          ],
          next: [...next, ...ruled].toSorted((a, b) => (a.goes_at < b.goes_at ? -1 : 1)),
        };
      },
    }),
  ];
}

const singular = { pipelines: 'pipeline', traces: 'trace', artifacts: 'artifact' } as const;

const goingNext = (
  kind: Static<typeof GoingNext>['kind'],
  { id, job_id, name, size, goes_at, rule }: Going,
): Static<typeof GoingNext> => ({ kind, id, job_id, name, size, goes_at: iso(goes_at), rule });
