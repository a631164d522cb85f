import { Type } from 'typebox';
import { apiError, invalidRecord } from '../errors.ts';
import { writeUnique } from '../db/write-unique.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { recordId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { duplicateProblems, type LinkFields, linkProblems } from '../releases/release-links.ts';
import {
  deleteLink,
  findLink,
  insertLink,
  linksOf,
  listLinks,
  lockRelease,
  type ReleaseLink as Row,
  updateLink,
} from '../releases/release-store.ts';
import { ReleaseLink, releaseLinkOf } from './entities/release.ts';
import { needOneOf } from './reader.ts';
import { linkOf, linkParams } from './release-actions.ts';
import { oneRelease, refuseProtected, releaseNamed, tag } from './releases.ts';

const path = '/projects/:id/releases/:tag_name/assets/links';
const oneLink = { ...oneRelease, link_id: recordId() };

/** What a release brings along. */
export function releaseLinkRoutes(parts: Parts): Route[] {
  const { db, clock, url } = parts;
  const reads = { method: 'GET', tag, ability: 'read_release', jobToken: true } as const;
  const writes = { tag, ability: 'update_release', jobToken: true } as const;

  const linkNamed = async (
    project_id: number,
    params: { tag_name: string; link_id: number },
  ): Promise<Row> => {
    const { id } = await releaseNamed(parts, project_id, params.tag_name);
    const link = await findLink(db.read, id, params.link_id);
    if (!link) throw apiError('not_found');
    return link;
  };

  return [
    projectRoute({
      ...reads,
      path,
      summary: 'List the links of a release',
      params: Type.Object({ ...pageParams, ...oneRelease }),
      reply: Type.Array(ReleaseLink),
      handler: async (call) => {
        const { params, project } = call;
        const { id } = await releaseNamed(parts, project.id, params.tag_name);
        const request = pageRequest(params, 'desc', 'Releases::Link');
        const found = await listLinks(db.read, id, request);
        const around = { project, url: url() };
        const items = found.items.map((link) => releaseLinkOf(link, params.tag_name, around));
        return pageReply(placeOf(url(), call), request, { ...found, items });
      },
    }),
    projectRoute({
      ...reads,
      path: `${path}/:link_id`,
      summary: 'Get a link of a release',
      params: Type.Object(oneLink),
      reply: ReleaseLink,
      handler: async ({ project, params }) =>
        releaseLinkOf(await linkNamed(project.id, params), params.tag_name, { project, url: url() }),
    }),
    projectRoute({
      ...writes,
      method: 'POST',
      path,
      summary: 'Add a link to a release',
      params: Type.Object({ ...oneRelease, name: Type.String(), url: Type.String(), ...linkParams }),
      reply: ReleaseLink,
      handler: async (call) => {
        const { project, params } = call;
        const { id: release_id } = await releaseNamed(parts, project.id, params.tag_name);
        await refuseProtected(parts, call, params.tag_name);
        const link = linkOf(params);
        const now = clock();
        const id = await writeUnique(db, async (tx) => {
          if (!(await lockRelease(tx, release_id))) throw apiError('not_found');
          check(link, await linksOf(tx, release_id));
          return await insertLink(tx, release_id, link, now);
        });
        const row = { ...link, id, release_id, created_at: now, updated_at: now };
        return releaseLinkOf(row, params.tag_name, { project, url: url() });
      },
    }),
    projectRoute({
      ...writes,
      method: 'PUT',
      path: `${path}/:link_id`,
      summary: 'Change a link of a release',
      params: Type.Object({
        ...oneLink,
        ...linkParams,
        name: Type.Optional(Type.String()),
        url: Type.Optional(Type.String()),
        link_type: Type.Optional(linkParams.link_type),
      }),
      reply: ReleaseLink,
      handler: async (call) => {
        const { project, params } = call;
        needOneOf(params, ['name', 'url']);
        const row = await linkNamed(project.id, params);
        await refuseProtected(parts, call, params.tag_name);
        const link: LinkFields = {
          name: params.name ?? row.name,
          url: params.url ?? row.url,
          // An empty one takes the path away.
          filepath: (params.direct_asset_path ?? params.filepath ?? row.filepath) || null,
          link_type: params.link_type ?? row.link_type,
        };
        await writeUnique(db, async (tx) => {
          const all = await linksOf(tx, row.release_id);
          check(
            link,
            all.filter(({ id }) => id !== row.id),
          );
          await updateLink(tx, row.id, link, clock());
        });
        return releaseLinkOf({ ...row, ...link }, params.tag_name, { project, url: url() });
      },
    }),
    projectRoute({
      ...writes,
      method: 'DELETE',
      path: `${path}/:link_id`,
      summary: 'Take a link off a release',
      params: Type.Object(oneLink),
      status: 200,
      reply: ReleaseLink,
      handler: async (call) => {
        const { project, params } = call;
        const row = await linkNamed(project.id, params);
        await refuseProtected(parts, call, params.tag_name);
        await db.write((tx) => deleteLink(tx, row.id));
        return releaseLinkOf(row, params.tag_name, { project, url: url() });
      },
    }),
  ];
}

/** @throws 400 with what is wrong */
function check(link: LinkFields, others: readonly Row[]): void {
  const problems = { ...duplicateProblems([...others, link]), ...linkProblems(link) };
  if (Object.keys(problems).length > 0) throw invalidRecord(problems);
}
