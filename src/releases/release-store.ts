import type { Insertable, Kysely, Selectable } from 'kysely';
import type { Transaction } from '../db/database.ts';
import { forUpdate } from '../db/dialect.ts';
import { type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Users } from '../db/rows/access.ts';
import type { ReleaseLinks, Releases } from '../db/rows/releases.ts';
import type { Tables } from '../db/schema.ts';
import type { LinkFields } from './release-links.ts';

type Read = Kysely<Tables>;

export type Release = Selectable<Releases>;
export type ReleaseLink = Selectable<ReleaseLinks>;

export const RELEASE_ORDERS = ['released_at', 'created_at'] as const;

export interface ReleaseFilter {
  project_id: number;
  updated_after?: number | undefined;
  updated_before?: number | undefined;
}

/** Releases, by a moment of theirs: one statement, and one for the total. */
export async function listReleases(
  db: Read,
  { project_id, updated_after, updated_before }: ReleaseFilter,
  request: PageRequest,
  order: (typeof RELEASE_ORDERS)[number],
): Promise<Page<Release>> {
  let rows = db.selectFrom('releases').selectAll().where('project_id', '=', project_id);
  if (updated_after !== undefined) rows = rows.where('updated_at', '>=', updated_after);
  if (updated_before !== undefined) rows = rows.where('updated_at', '<=', updated_before);
  return await readPage(
    db,
    rows,
    request,
    { column: 'releases.id', of: ({ id }) => id },
    `releases.${order}`,
  );
}

/** The release of a tag, or null. */
export async function findRelease(db: Read, project_id: number, tag: string): Promise<Release | null> {
  const rows = db.selectFrom('releases').selectAll().where('project_id', '=', project_id);
  return (await rows.where('tag', '=', tag).executeTakeFirst()) ?? null;
}

/** Of these tags the releases that there are, by tag. */
export async function releasesOfTags(
  db: Read,
  project_id: number,
  tags: readonly string[],
): Promise<Map<string, Release>> {
  if (tags.length === 0) return new Map();
  const rows = db.selectFrom('releases').selectAll().where('project_id', '=', project_id);
  return new Map((await rows.where('tag', 'in', tags).execute()).map((row) => [row.tag, row]));
}

/** The one that was released last, or null; those to come are not looked at. */
export async function latestRelease(db: Read, project_id: number, now: number): Promise<Release | null> {
  const row = await db
    .selectFrom('releases')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('released_at', '<=', now)
    .orderBy('released_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row ?? null;
}

export type Author = Pick<Selectable<Users>, 'id' | 'username' | 'name' | 'state' | 'public_email'>;

/** Who has made these releases, and what they bring along, newest first: two statements. */
export async function releaseDetails(
  db: Read,
  releases: readonly Release[],
): Promise<{ authors: Map<number, Author>; links: Map<number, ReleaseLink[]> }> {
  const author_ids = [...new Set(releases.flatMap(({ author_id }) => author_id ?? []))];
  const ids = releases.map(({ id }) => id);
  const [authors, links] = await Promise.all([
    author_ids.length === 0
      ? []
      : db
          .selectFrom('users')
          .select(['id', 'username', 'name', 'state', 'public_email'])
          .where('id', 'in', author_ids)
          .execute(),
    ids.length === 0
      ? []
      : db
          .selectFrom('release_links')
          .selectAll()
          .where('release_id', 'in', ids)
          .orderBy('id', 'desc')
          .execute(),
  ]);
  return {
    authors: new Map(authors.map((author) => [author.id, author])),
    links: Map.groupBy(links, ({ release_id }) => release_id),
  };
}

/** Stores a release with its links. Answers null when the tag has one already. */
export async function insertRelease(
  tx: Transaction,
  release: Omit<Insertable<Releases>, 'id'>,
  links: readonly LinkFields[],
): Promise<number | null> {
  const row = await tx
    .insertInto('releases')
    .values(release)
    .onConflict((conflict) => conflict.columns(['project_id', 'tag']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row) return null;
  for (const link of links) await insertLink(tx, row.id, link, release.created_at);
  return row.id;
}

export async function updateRelease(
  tx: Transaction,
  id: number,
  values: Partial<Pick<Release, 'name' | 'description' | 'released_at'>>,
  now: number,
): Promise<void> {
  await tx
    .updateTable('releases')
    .set({ ...values, updated_at: now })
    .where('id', '=', id)
    .execute();
}

/** Whether the release is still there; it stays until the transaction ends. */
export async function lockRelease(tx: Transaction, id: number): Promise<boolean> {
  const query = tx.selectFrom('releases').select('id').where('id', '=', id);
  return (await forUpdate(tx, query).executeTakeFirst()) !== undefined;
}

export async function deleteRelease(tx: Transaction, id: number): Promise<void> {
  await tx.deleteFrom('releases').where('id', '=', id).execute();
}

/** The link of this id of the release, or null. */
export async function findLink(db: Read, release_id: number, id: number): Promise<ReleaseLink | null> {
  const rows = db.selectFrom('release_links').selectAll().where('release_id', '=', release_id);
  return (await rows.where('id', '=', id).executeTakeFirst()) ?? null;
}

export async function listLinks(
  db: Read,
  release_id: number,
  request: PageRequest,
): Promise<Page<ReleaseLink>> {
  const rows = db.selectFrom('release_links').selectAll().where('release_id', '=', release_id);
  return await readPage(db, rows, request, { column: 'release_links.id', of: ({ id }) => id });
}

export async function linksOf(db: Read, release_id: number): Promise<ReleaseLink[]> {
  return await db.selectFrom('release_links').selectAll().where('release_id', '=', release_id).execute();
}

export async function insertLink(
  tx: Transaction,
  release_id: number,
  link: LinkFields,
  now: number,
): Promise<number> {
  const { id } = await tx
    .insertInto('release_links')
    .values({ ...link, release_id, created_at: now, updated_at: now })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function updateLink(
  tx: Transaction,
  id: number,
  values: LinkFields,
  now: number,
): Promise<void> {
  await tx
    .updateTable('release_links')
    .set({ ...values, updated_at: now })
    .where('id', '=', id)
    .execute();
}

export async function deleteLink(tx: Transaction, id: number): Promise<void> {
  await tx.deleteFrom('release_links').where('id', '=', id).execute();
}
