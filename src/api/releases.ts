import { type Static, Type } from 'typebox';
import { allowsOnProject, type Visibility } from '../access/permissions.ts';
import { ApiError, apiError } from '../errors.ts';
import { readCommits } from '../git/commit.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, Reply, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { mayUpdateRef } from '../projects/may-update-ref.ts';
import {
  findRelease,
  latestRelease,
  listReleases,
  linksOf,
  type Release as Row,
  RELEASE_ORDERS,
  releaseDetails,
} from '../releases/release-store.ts';
import { Release, releaseOf } from './entities/release.ts';
import { momentOf } from './job-filter.ts';

export const tag = 'Releases';
export const oneRelease = { id: subjectId, tag_name: Type.String() };
const moment = Type.Optional(Type.String({ description: 'ISO 8601' }));

type Who = Pick<ProjectCall<unknown>, 'project' | 'role'>;

/** Releases as the API shows them to whoever asks: a constant number of statements. */
async function presentReleases(
  { db, clock, url, repositories }: Pick<Parts, 'db' | 'clock' | 'url' | 'repositories'>,
  { project, role }: Who,
  rows: readonly Row[],
): Promise<Static<typeof Release>[]> {
  const code = allowsOnProject('read_code', role, {
    ...project,
    visibility: project.visibility as Visibility,
  });
  const [{ authors, links }, commits] = await Promise.all([
    releaseDetails(db.read, rows),
    code && rows.length > 0
      ? readCommits(repositories.of(project.id), [...new Set(rows.map(({ sha }) => sha))])
      : [],
  ]);
  const bySha = new Map(commits.map((commit) => [commit.id, commit]));
  const around = { code, project, url: url(), now: clock() };
  return rows.map((row) =>
    releaseOf(row, {
      ...around,
      author: authors.get(row.author_id ?? 0),
      links: links.get(row.id) ?? [],
      commit: bySha.get(row.sha) ?? null,
    }),
  );
}

/** @throws 404 */
export async function releaseNamed(
  { db }: Pick<Parts, 'db'>,
  project_id: number,
  name: string,
): Promise<Row> {
  const row = await findRelease(db.read, project_id, name);
  if (!row) throw apiError('not_found');
  return row;
}

/** As the tag: a protected one, and what it brings along, is for those who may make it. @throws 403 */
export async function refuseProtected(
  { db }: Pick<Parts, 'db'>,
  { project, role }: Who,
  name: string,
): Promise<void> {
  if (!(await mayUpdateRef(db.read, project.id, role, { name, tag: true }))) throw apiError('forbidden');
}

export async function presentRelease(
  parts: Pick<Parts, 'db' | 'clock' | 'url' | 'repositories'>,
  who: Who,
  row: Row,
): Promise<Static<typeof Release>> {
  const [shown] = await presentReleases(parts, who, [row]);
  if (!shown) throw apiError('not_found');
  return shown;
}

/** What there is of releases to read. */
export function releaseRoutes(parts: Parts): Route[] {
  const { db, clock, url } = parts;
  const reads = { method: 'GET', tag, jobToken: true } as const;

  /** To the release that is the latest now; what is asked of the address is asked of that one. */
  const toLatest = async (
    { project, url: asked }: Pick<ProjectCall<unknown>, 'project' | 'url'>,
    suffix: string,
  ) => {
    const latest = await latestRelease(db.read, project.id, clock());
    if (!latest) throw apiError('not_found');
    const query = new URLSearchParams(/\?(.*)$/s.exec(asked)?.[1] ?? '');
    query.delete('order_by');
    const rest = suffix === '' ? '' : `/${suffix.split('/').map(encodeURIComponent).join('/')}`;
    const path = `/api/v4/projects/${project.id}/releases/${encodeURIComponent(latest.tag)}${rest}`;
    return new Reply(302, null, { location: `${url()}${path}${query.size > 0 ? `?${query}` : ''}` });
  };

  return [
    projectRoute({
      ...reads,
      path: '/projects/:id/releases',
      summary: 'List the releases of a project',
      ability: 'read_release',
      params: Type.Object({
        ...pageParams,
        id: subjectId,
        order_by: Type.Enum([...RELEASE_ORDERS], { default: 'released_at' }),
        updated_before: moment,
        updated_after: moment,
      }),
      reply: Type.Array(Release),
      handler: async (call) => {
        const { params, project } = call;
        const request = pageRequest(params, 'desc', 'Release');
        const filter = {
          project_id: project.id,
          updated_before: momentOf('updated_before', params.updated_before),
          updated_after: momentOf('updated_after', params.updated_after),
        };
        const found = await listReleases(db.read, filter, request, params.order_by);
        const items = await presentReleases(parts, call, found.items);
        return pageReply(placeOf(url(), call), request, { ...found, items });
      },
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/releases/:tag_name',
      summary: 'Get the release of a tag',
      ability: 'read_code',
      params: Type.Object(oneRelease),
      reply: Release,
      handler: async (call) =>
        presentRelease(parts, call, await releaseNamed(parts, call.project.id, call.params.tag_name)),
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/releases/:tag_name/downloads/:direct_asset_path+',
      summary: 'Go to what a release has under a path',
      ability: 'read_code',
      params: Type.Object({ ...oneRelease, direct_asset_path: Type.String() }),
      status: 302,
      reply: null,
      handler: async ({ project, params }) => {
        const { id } = await releaseNamed(parts, project.id, params.tag_name);
        const wanted = `/${params.direct_asset_path}`;
        const link = (await linksOf(db.read, id)).find(({ filepath }) => filepath === wanted);
        if (!link) throw apiError('not_found');
        return new Reply(302, null, { location: new URL(link.url).href });
      },
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/releases/permalink/latest',
      summary: 'Go to the latest release',
      ability: 'read_code',
      params: Type.Object({ id: subjectId }),
      status: 302,
      reply: null,
      handler: (call) => toLatest(call, ''),
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/releases/permalink/latest/:suffix_path+',
      summary: 'Go to something of the latest release',
      ability: 'read_code',
      params: Type.Object({ id: subjectId, suffix_path: Type.String() }),
      status: 302,
      reply: null,
      handler: (call) => toLatest(call, call.params.suffix_path),
    }),
  ];
}

/** A refusal in the words that GitLab has for releases. */
export const refuse = (status: number, message: string) => new ApiError(status, { message });
