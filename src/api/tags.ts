import { type Static, Type } from 'typebox';
import { reaches } from '../access/permissions.ts';
import { apiError, notFound } from '../errors.ts';
import { GitError } from '../git/git-error.ts';
import { readCommit } from '../git/commit.ts';
import { isTagName } from '../git/ref-name.ts';
import { listRefs, readAnnotation, type Ref, refValues } from '../git/refs.ts';
import { refDeletion, tagCreation } from '../git/update-refs.ts';
import { listPage, listParams } from '../http/list-page.ts';
import { placeOf } from '../http/paging.ts';
import { filled, subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { protectedTags, tagRuleOf } from '../projects/protected-ref-store.ts';
import { releasesOfTags } from '../releases/release-store.ts';
import { Tag, tagOf } from './entities/tag.ts';
import { pushUpdates, StaleRef } from './push-updates.ts';
import { userOf } from './reader.ts';

const tag = 'Tags';
const one = Type.Object({ id: subjectId, tag_name: Type.String() });

/** The tags of a repository. */
export function tagRoutes(parts: Parts): Route[] {
  const { db, url, clock, repositories } = parts;

  const present = async ({ project }: Who, tags: readonly Ref[]): Promise<Static<typeof Tag>[]> => {
    const repository = repositories.of(project.id);
    const rules = await protectedTags(db.read, project.id);
    const releases = await releasesOfTags(
      db.read,
      project.id,
      tags.map(({ name }) => name),
    );
    const projectUrl = `${url()}/${project.path_with_namespace}`;
    return Promise.all(
      tags.map(async (each) => {
        const [commit, annotation] = await Promise.all([
          readCommit(repository, each.target),
          readAnnotation(repository, each.target),
        ]);
        return tagOf(each, {
          commit: commit ?? null,
          annotation: annotation ?? null,
          protected: tagRuleOf(rules, each.name) !== null,
          release: releases.get(each.name),
          projectUrl,
        });
      }),
    );
  };

  /** @throws 404 */
  const tagNamed = async ({ project }: Who, name: string): Promise<Ref> => {
    if (!isTagName(name)) throw notFound('Tag');
    const ref = `refs/tags/${name}`;
    const target = (await refValues(repositories.of(project.id), [ref])).get(ref);
    if (target === undefined) throw notFound('Tag');
    return { name, target };
  };

  const presentOne = async (who: Who, name: string): Promise<Static<typeof Tag>> => {
    const [shown] = await present(who, [await tagNamed(who, name)]);
    if (!shown) throw notFound('Tag');
    return shown;
  };

  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/repository/tags',
      summary: 'List the tags of a repository',
      tag,
      ability: 'read_code',
      jobToken: true,
      params: Type.Object({
        ...listParams,
        id: subjectId,
        search: Type.Optional(Type.String({ description: '`^x` begins with it, `x$` ends with it' })),
        order_by: Type.Enum(['updated', 'name', 'version'], { default: 'updated' }),
        sort: Type.Enum(['asc', 'desc'], { default: 'desc' }),
      }),
      reply: Type.Array(Tag),
      handler: async (call) => {
        const { search, order_by, sort, ...paging } = call.params;
        const options = { search, order: order_by, descending: sort === 'desc' };
        const found = await listRefs(repositories.of(call.project.id), 'tags', options);
        const page = listPage(paging, found, ({ name }) => name);
        return page.reply(placeOf(url(), call), await present(call, page.items));
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/repository/tags/:tag_name',
      summary: 'One tag',
      tag,
      ability: 'read_code',
      jobToken: true,
      params: one,
      reply: Tag,
      handler: async (call) => presentOne(call, call.params.tag_name),
    }),
    projectRoute({
      method: 'POST',
      path: '/projects/:id/repository/tags',
      summary: 'Make a tag: an annotated one with a message, otherwise a light one',
      tag,
      ability: 'push_code',
      params: Type.Object({
        id: subjectId,
        tag_name: filled(),
        ref: Type.String(),
        message: Type.Optional(Type.String()),
      }),
      reply: Tag,
      handler: async (call) => {
        const { tag_name, ref } = call.params;
        const message = call.params.message?.trim() ?? '';
        if (ref === '') throw apiError('plain', 'Target is empty');
        const repository = repositories.of(call.project.id);
        const tagger = userOf(call.caller);
        const annotation = message === '' ? undefined : { message, tagger, now: clock() };
        try {
          await pushUpdates(parts, call, [await tagCreation(repository, tag_name, ref, annotation)]);
        } catch (error) {
          throw whyNotMade(error, tag_name, ref);
        }
        return presentOne(call, tag_name);
      },
    }),
    projectRoute({
      method: 'DELETE',
      path: '/projects/:id/repository/tags/:tag_name',
      summary: 'Delete a tag; its pipelines stay',
      tag,
      ability: 'push_code',
      params: one,
      reply: null,
      handler: async (call) => {
        const { name } = await tagNamed(call, call.params.tag_name);
        const isProtected = tagRuleOf(await protectedTags(db.read, call.project.id), name) !== null;
        if (isProtected && !reaches(call.role, 'maintainer')) throw apiError('forbidden');
        const deletion = await refDeletion(repositories.of(call.project.id), `refs/tags/${name}`);
        if (!deletion) throw notFound('Tag');
        await pushUpdates(parts, call, [deletion]);
      },
    }),
  ];
}

type Who = Pick<ProjectCall<unknown>, 'caller' | 'project' | 'role'>;

/** What stood in the way of a new tag, in GitLab's words. */
function whyNotMade(error: unknown, tag_name: string, ref: string): unknown {
  if (error instanceof GitError && error.code === 'invalid_ref_name')
    return apiError('plain', 'Tag name invalid');
  if (error instanceof GitError && error.code === 'unknown_revision')
    return apiError('plain', `Target ${ref} is invalid`);
  if (error instanceof StaleRef) return apiError('plain', `Tag ${tag_name} already exists`);
  return error;
}
