import { type Static, Type } from 'typebox';
import type { Commit as GitCommit } from '../../git/commit.ts';
import { LINK_TYPES } from '../../releases/release-links.ts';
import type { Author, Release as Row, ReleaseLink as LinkRow } from '../../releases/release-store.ts';
import { Commit, commitOf } from './commit.ts';
import { entity, iso, Moment, nullable } from './entity.ts';
import { UserBasic, userBasic } from './user.ts';

export const ReleaseLink = entity({
  id: Type.Integer(),
  name: Type.String(),
  url: Type.String(),
  direct_asset_url: Type.String({ description: 'An address of this server, where it has a path' }),
  link_type: Type.Enum([...LINK_TYPES]),
});

/** A release; without what only those see who may read the code. */
export const Release = entity({
  name: Type.String(),
  tag_name: Type.Optional(Type.String()),
  description: nullable(Type.String()),
  created_at: Moment,
  released_at: Moment,
  upcoming_release: Type.Boolean(),
  author: Type.Optional(UserBasic),
  commit: Type.Optional(Commit),
  commit_path: Type.Optional(Type.String()),
  tag_path: Type.Optional(Type.String()),
  assets: entity({
    count: Type.Integer(),
    sources: Type.Array(entity({}), { maxItems: 0 }),
    links: Type.Array(ReleaseLink),
  }),
  evidences: Type.Optional(Type.Array(entity({}), { maxItems: 0 })),
  _links: entity({ self: Type.Optional(Type.String()) }),
});

export interface ReleaseAround {
  author: Author | undefined;
  links: readonly LinkRow[];
  /** Null when it is gone. */
  commit: GitCommit | null;
  /** Whether the caller may read the code. */
  code: boolean;
  project: { id: number; path_with_namespace: string };
  /** The address of the server, without a slash at its end. */
  url: string;
  now: number;
}

/** Where the API has a release. */
const apiPath = (id: number, tag: string) => `/api/v4/projects/${id}/releases/${encodeURIComponent(tag)}`;

export function releaseLinkOf(
  { id, name, url, filepath, link_type }: LinkRow,
  tag: string,
  around: Pick<ReleaseAround, 'project' | 'url'>,
): Static<typeof ReleaseLink> {
  const here = `${around.url}${apiPath(around.project.id, tag)}/downloads${filepath}`;
  return {
    id,
    name,
    url,
    direct_asset_url: filepath === null ? url : here,
    link_type: LINK_TYPES.find((type) => type === link_type) ?? 'other',
  };
}

export function releaseOf(row: Row, around: ReleaseAround): Static<typeof Release> {
  const { author, commit, links, code, project, url, now } = around;
  const path = `/${project.path_with_namespace}`;
  return {
    // Named after its tag, unless somebody says otherwise.
    name: code ? row.name : `Release-${row.id}`,
    ...(code && { tag_name: row.tag }),
    description: row.description,
    created_at: iso(row.created_at),
    released_at: iso(row.released_at),
    upcoming_release: row.released_at > now,
    ...(author && { author: userBasic(author, url) }),
    ...(code && commit && { commit: commitOf(commit, `${url}${path}`) }),
    ...(code && {
      commit_path: `${path}/-/commit/${row.sha}`,
      tag_path: `${path}/-/tags/${row.tag}`,
    }),
    assets: {
      count: links.length,
      sources: [],
      // A path below the tag leads only those on who may read the code.
      links: links.map((link) => releaseLinkOf(code ? link : { ...link, filepath: null }, row.tag, around)),
    },
    ...(code && { evidences: [] }),
    _links: { ...(code && { self: `${url}${apiPath(project.id, row.tag)}` }) },
  };
}
