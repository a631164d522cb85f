import { type Static, Type } from 'typebox';
import { findTagCommit } from '../git/revision.ts';
import { GitError } from '../git/git-error.ts';
import { tagCreation } from '../git/update-refs.ts';
import { commaList, filled, subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { mayUpdateRef } from '../projects/may-update-ref.ts';
import {
  duplicateProblems,
  LINK_TYPES,
  type LinkFields,
  linkProblems,
  problemText,
} from '../releases/release-links.ts';
import { deleteRelease, findRelease, insertRelease, updateRelease } from '../releases/release-store.ts';
import { Release } from './entities/release.ts';
import { momentOf } from './job-filter.ts';
import { pushUpdates, StaleRef } from './push-updates.ts';
import { userOf } from './reader.ts';
import { oneRelease, presentRelease, refuse, refuseProtected, tag } from './releases.ts';

const LONGEST_NAME = 255;
/** What one release is created with; more are added one by one. */
const MOST_LINKS = 1000;

const text = Type.Optional(Type.String());
export const linkParams = {
  direct_asset_path: text,
  filepath: Type.Optional(Type.String({ description: 'The same, as it was called before' })),
  link_type: Type.Enum([...LINK_TYPES], { default: 'other' }),
};
const milestones = { milestones: Type.Optional(commaList()) };
const released_at = Type.Optional(Type.String({ description: 'ISO 8601; now unless said' }));

type Create = ProjectCall<Static<typeof CreateParams>>;
const CreateParams = Type.Object({
  id: subjectId,
  tag_name: filled(),
  tag_message: text,
  name: text,
  description: text,
  ref: Type.Optional(Type.String({ description: 'Where the tag is made, should there be none' })),
  assets: Type.Optional(
    Type.Object({
      links: Type.Optional(
        Type.Array(Type.Object({ name: Type.String(), url: Type.String(), ...linkParams }), { hash: true }),
      ),
    }),
  ),
  ...milestones,
  released_at,
});

/** Makes, changes and deletes releases; the job of a developer may do it with its token. */
export function releaseActionRoutes(parts: Parts): Route[] {
  const { db, clock } = parts;

  return [
    projectRoute({
      method: 'POST',
      path: '/projects/:id/releases',
      summary: 'Release a tag, which is made from `ref` should there be none',
      tag,
      ability: 'create_release',
      jobToken: true,
      params: CreateParams,
      reply: Release,
      handler: async (call) => {
        const { params, project, role, caller } = call;
        const now = clock();
        const { tag_name } = params;
        const links = (params.assets?.links ?? []).map(linkOf);
        checkFields(params, links);
        const released = momentOf('released_at', params.released_at) ?? now;
        if (!(await mayUpdateRef(db.read, project.id, role, { name: tag_name, tag: true })))
          throw refuse(403, 'You are not allowed to create this tag as it is protected.');
        if (await findRelease(db.read, project.id, tag_name)) throw refuse(409, 'Release already exists');
        refuseMilestones(params.milestones);
        const sha = await ensureTag(parts, call);
        const row = {
          project_id: project.id,
          tag: tag_name,
          sha,
          name: params.name || tag_name,
          description: params.description ?? null,
          author_id: userOf(caller).id,
          released_at: released,
          created_at: now,
          updated_at: now,
        };
        const id = await db.write((tx) => insertRelease(tx, row, links));
        if (id === null) throw refuse(409, 'Release already exists');
        return await presentRelease(parts, call, { ...row, id });
      },
    }),
    projectRoute({
      method: 'PUT',
      path: '/projects/:id/releases/:tag_name',
      summary: 'Change what is said of a release',
      tag,
      ability: 'update_release',
      jobToken: true,
      params: Type.Object({ ...oneRelease, name: text, description: text, ...milestones, released_at }),
      reply: Release,
      handler: async (call) => {
        const { params, project } = call;
        checkFields(params, []);
        const row = await releaseOr404(parts, project.id, params.tag_name);
        await refuseProtected(parts, call, row.tag);
        refuseMilestones(params.milestones);
        const { name, description } = params;
        const released = momentOf('released_at', params.released_at);
        const values = {
          ...(name !== undefined && { name: name || row.tag }),
          ...(description !== undefined && { description }),
          ...(released !== undefined && { released_at: released }),
        };
        if (Object.keys(values).length === 0 && params.milestones === undefined)
          throw refuse(400, 'params is empty');
        const now = clock();
        await db.write((tx) => updateRelease(tx, row.id, values, now));
        return await presentRelease(parts, call, { ...row, ...values, updated_at: now });
      },
    }),
    projectRoute({
      method: 'DELETE',
      path: '/projects/:id/releases/:tag_name',
      summary: 'Delete a release; its tag stays',
      tag,
      ability: 'destroy_release',
      jobToken: true,
      params: Type.Object(oneRelease),
      status: 200,
      reply: Release,
      handler: async (call) => {
        const row = await releaseOr404(parts, call.project.id, call.params.tag_name);
        await refuseProtected(parts, call, row.tag);
        const shown = await presentRelease(parts, call, row);
        await db.write((tx) => deleteRelease(tx, row.id));
        return shown;
      },
    }),
  ];
}

/** The commit of the tag, made where there is none. */
async function ensureTag(parts: Parts, call: Create): Promise<string> {
  const { tag_name, ref, tag_message } = call.params;
  const repository = parts.repositories.of(call.project.id);
  const known = await findTagCommit(repository, tag_name);
  if (known !== undefined) return known;
  if (!ref) throw refuse(422, 'Ref is not specified');
  const message = tag_message?.trim() ?? '';
  const annotation =
    message === '' ? undefined : { message, tagger: userOf(call.caller), now: parts.clock() };
  try {
    await pushUpdates(parts, call, [await tagCreation(repository, tag_name, ref, annotation)]);
  } catch (error) {
    // Somebody else has been quicker: that tag is released, then.
    if (!(error instanceof StaleRef)) throw whyNotMade(error, ref);
  }
  const made = await findTagCommit(repository, tag_name);
  if (made === undefined) throw refuse(400, 'Tag name invalid');
  return made;
}

function whyNotMade(error: unknown, ref: string): unknown {
  if (!(error instanceof GitError)) return error;
  if (error.code === 'invalid_ref_name') return refuse(400, 'Tag name invalid');
  if (error.code === 'unknown_revision') return refuse(400, `Target ${ref} is invalid`);
  return error;
}

async function releaseOr404({ db }: Parts, project_id: number, tag_name: string) {
  const row = await findRelease(db.read, project_id, tag_name);
  if (!row) throw refuse(404, 'Release does not exist');
  return row;
}

/** @throws 400 with all that is wrong */
function checkFields({ name }: { name?: string }, links: readonly LinkFields[]): void {
  if (links.length > MOST_LINKS)
    throw refuse(400, `Validation failed: Links are too many (maximum is ${MOST_LINKS})`);
  const problems: Record<string, string[]> = duplicateProblems(links);
  for (const link of links) Object.assign(problems, linkProblems(link));
  if (Object.keys(problems).length > 0) throw refuse(400, problemText(problems, 'Links '));
  if ((name ?? '').length > LONGEST_NAME)
    throw refuse(400, problemText({ name: [`is too long (maximum is ${LONGEST_NAME} characters)`] }));
}

/** There are none here, so none is found. */
function refuseMilestones(titles: readonly string[] | undefined): void {
  if (titles !== undefined && titles.length > 0)
    throw refuse(400, `Milestone(s) not found: ${titles.join(', ')}`);
}

export const linkOf = (given: {
  name: string;
  url: string;
  direct_asset_path?: string;
  filepath?: string;
  link_type: string;
}): LinkFields => ({
  name: given.name,
  url: given.url,
  filepath: given.direct_asset_path || given.filepath || null,
  link_type: given.link_type,
});
