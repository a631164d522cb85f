import type { Static } from 'typebox';
import { type Caller, isAdmin } from '../access/caller.ts';
import { type Role, roleOfLevel } from '../access/permissions.ts';
import { findUsers } from '../access/user-store.ts';
import type { Database } from '../db/database.ts';
import { notFound } from '../errors.ts';
import { lastOfProjects } from '../pipelines/last-pipeline-store.ts';
import { findNamespaces } from '../projects/group-store.ts';
import { opensTo } from '../projects/project-role-store.ts';
import type { Project as Row } from '../projects/project-store.ts';
import { namespaceLevels, projectLevels } from '../projects/reach-store.ts';
import {
  type Project,
  type ProjectAround,
  type ProjectBasic,
  projectBasic,
  projectOf,
} from './entities/project.ts';
import { lastPipeline } from './entities/pipeline.ts';
import { viewerOf } from './reader.ts';

/** For whom and when projects are shown. */
export interface Presenter {
  db: Database;
  url: string;
  caller: Caller;
  now: number;
}

/** Projects as the API shows them to the caller: four statements, however many they are. */
export async function presentProjects(
  presenter: Presenter,
  rows: readonly Row[],
): Promise<Static<typeof Project>[]> {
  return (await around(presenter, rows)).map(([row, each]) => projectOf(row, each));
}

/** One project; `empty_repo` says whether nothing has been pushed yet. */
export async function presentProject(
  presenter: Presenter,
  row: Row,
  empty_repo: boolean,
): Promise<Static<typeof Project>> {
  const [found] = await around(presenter, [row]);
  // Deleted with its namespace meanwhile.
  if (!found) throw notFound('Project');
  return projectOf(row, { ...found[1], empty_repo });
}

/** Projects by their addresses alone. */
export async function presentSimply(
  presenter: Presenter,
  rows: readonly Row[],
): Promise<Static<typeof ProjectBasic>[]> {
  return (await around(presenter, rows)).map(([row, each]) => projectBasic(row, each));
}

/** The projects as they are shown, each with the newest pipeline where the caller may read jobs: one statement more. */
export async function withLastPipelines<Shown extends object>(
  presenter: Presenter,
  rows: readonly Row[],
  show: (row: Row, each: ProjectAround) => Shown,
): Promise<(Shown & Pick<Static<typeof ProjectBasic>, 'last_pipeline'>)[]> {
  const shown = await around(presenter, rows);
  const open = shown.filter(([row, { role }]) => opensTo(row, role, 'read_build'));
  const last = await lastOfProjects(
    presenter.db.read,
    open.map(([{ id }]) => id),
  );
  return shown.map(([row, each]) => {
    const pipeline = last.get(row.id);
    const path = row.path_with_namespace;
    return {
      ...show(row, each),
      last_pipeline: pipeline ? lastPipeline(pipeline, presenter.url, path) : null,
    };
  });
}

type Around = ProjectAround & { role: Role };

async function around({ db, url, caller, now }: Presenter, rows: readonly Row[]): Promise<[Row, Around][]> {
  const viewer = viewerOf(caller, now);
  const ids = rows.map(({ id }) => id);
  const namespace_ids = rows.map(({ namespace_id }) => namespace_id);
  const [namespaces, direct, inherited] = await Promise.all([
    findNamespaces(db.read, namespace_ids),
    projectLevels(db.read, viewer, ids),
    namespaceLevels(db.read, viewer, [...new Set(namespace_ids)]),
  ]);
  const owners = await findUsers(
    db.read,
    namespaces.flatMap(({ owner_id }) => owner_id ?? []),
  );
  const roleOf = (level: number): Role =>
    viewer.admin ? 'admin' : viewer.user_id === null ? 'anonymous' : roleOfLevel(level);
  return rows.flatMap((row): [Row, Around][] => {
    const namespace = namespaces.find(({ id }) => id === row.namespace_id);
    if (!namespace) return [];
    const group = namespace.kind === 'group' ? (inherited.get(namespace.id) ?? 0) : 0;
    const project = direct.get(row.id) ?? 0;
    const owns = namespace.owner_id !== null && namespace.owner_id === viewer.user_id;
    return [
      [
        row,
        {
          url,
          namespace,
          owner: owners.find(({ id }) => id === namespace.owner_id) ?? null,
          levels: viewer.user_id === null ? null : { project, group },
          role: roleOf(Math.max(project, inherited.get(namespace.id) ?? 0)),
          maintains: isAdmin(caller) || owns || Math.max(group, project) >= 40,
        },
      ],
    ];
  });
}
