import type { Database } from '../db/database.ts';
import { noteRefs } from '../events/change.ts';
import { findUser } from '../access/access-store.ts';
import { unlockArtifacts } from '../artifacts/lock-artifacts.ts';
import { adoptDefaultBranch } from '../git/adopt-default-branch.ts';
import { housekeepLater, needsHousekeeping } from '../git/housekeeping.ts';
import { findCommitId } from '../git/revision.ts';
import { type Repositories, ZERO_SHA } from '../git/repository.ts';
import { appliedUpdates, type RefUpdate } from '../git/update-refs.ts';
import { findProject, updateProjectRow } from '../projects/project-store.ts';
import { createPipeline, type PipelineSettings } from './create-pipeline.ts';
import type { Pipeline } from './pipeline-store.ts';
import { readPushOptions, skipReason } from './push-options.ts';
import { stopEnvironmentsOfBranch } from './stop-environment.ts';
import { closePush, openPushes, postponePush, type Push } from './push-store.ts';

/** Refs of one push that get a pipeline; more are left out. */
const PIPELINES_PER_PUSH = 4;

/**
 * Makes the pipelines of a push, one for each branch and tag that it has updated: `updated`, of its
 * commands. What was locked for a ref that it has deleted is let go, and what was deployed from it is stopped. The push is dealt with then. Doing it
 * again makes nothing twice. Answers the pipelines.
 */
export async function acceptPush(
  db: Database,
  repositories: Repositories,
  settings: PipelineSettings,
  push: Push,
  updated: readonly RefUpdate[],
  now: number,
): Promise<Pipeline[]> {
  const created = await createPipelines(db, repositories, settings, push, updated, now);
  const { id, project_id } = push;
  const isUntidy = updated.length > 0 && (await needsHousekeeping(repositories.of(project_id)));
  await db.write(async (tx) => {
    for (const { ref, tag, deleted } of updated.flatMap(targetsOf))
      if (deleted) {
        await unlockArtifacts(tx, project_id, { name: ref, tag: tag ? 1 : 0 });
        if (!tag) await stopEnvironmentsOfBranch(tx, project_id, ref, now);
      }
    if (updated.length > 0) await updateProjectRow(tx, project_id, { last_activity_at: now });
    if (isUntidy) await housekeepLater(tx, project_id, now);
    // The look after open pushes may be at the same one.
    if (await closePush(tx, id)) noteRefs(tx, project_id, updated);
  });
  return created;
}

async function createPipelines(
  db: Database,
  repositories: Repositories,
  settings: PipelineSettings,
  push: Push,
  updated: readonly RefUpdate[],
  now: number,
): Promise<Pipeline[]> {
  const options = readPushOptions(push.push_options);
  const [found, user] = await Promise.all([
    findProject(db.read, String(push.project_id)),
    findUser(db.read, push.user_id),
  ]);
  if (!found) return [];
  const repository = repositories.of(found.id);
  // Before the pipelines: they are told which branch is the default, and that it is protected.
  const project = await adoptDefaultBranch(db, repository, found, updated, now);
  if (project.builds_access_level === 'disabled' || project.archived === 1) return [];
  if (!user || options.none) return [];
  const created: Pipeline[] = [];
  for (const update of push.commands.slice(0, PIPELINES_PER_PUSH)) {
    if (!updated.some(({ ref }) => ref === update.ref)) continue;
    const [target] = targetsOf(update);
    if (!target || target.deleted) continue;
    const sha = await findCommitId(repository, update.new);
    if (sha === undefined) continue;
    const outcome = await createPipeline(
      db,
      repositories,
      settings,
      {
        project,
        user,
        ref: target.ref,
        tag: target.tag,
        sha,
        before_sha: update.old,
        source: 'push',
        variables: options.variables,
        inputs: options.inputs,
        push_id: push.id,
      },
      now,
      { skip: ({ message }) => skipReason(options, message), failInvalid: true },
    );
    if (outcome.outcome === 'created') created.push(outcome.pipeline);
  }
  return created;
}

/** The branch or tag that the update is of; none for a ref of another kind. */
function targetsOf(update: RefUpdate): { ref: string; tag: boolean; deleted: boolean }[] {
  const [, kind, ref] = /^refs\/(heads|tags)\/(.+)$/s.exec(update.ref) ?? [];
  return ref === undefined ? [] : [{ ref, tag: kind === 'tags', deleted: update.new === ZERO_SHA }];
}

/** So long a git that has outlived its server may still update refs. */
const ORPHANS_LIVE_MS = 3_600_000;
const BATCH = 100;

/**
 * Looks after the pushes whose end nobody has seen: the server died, or git is still at it. What the
 * repository has of them by now gets its pipelines. A push of which refs are missing is looked at again,
 * until no process can be at work on it any more; one that fails, ever more seldom. For the start, and every few seconds from then on.
 */
export async function acceptOpenPushes(
  db: Database,
  repositories: Repositories,
  settings: PipelineSettings,
  now: number,
  report: (push: Push, error: unknown) => void,
): Promise<void> {
  let after = 0;
  for (;;) {
    const pushes = await openPushes(db.read, after, BATCH, now);
    for (const push of pushes) {
      try {
        const applied = await appliedUpdates(repositories.of(push.project_id), push.commands);
        const isOver = applied.length === push.commands.length || now - push.created_at > ORPHANS_LIVE_MS;
        if (isOver) await acceptPush(db, repositories, settings, push, applied, now);
        else if (applied.length > 0) await createPipelines(db, repositories, settings, push, applied, now);
      } catch (error) {
        await postponePush(db, push.id, now);
        report(push, error);
      }
      after = push.id;
    }
    if (pushes.length < BATCH) return;
  }
}
