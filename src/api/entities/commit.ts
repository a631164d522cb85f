import { type Static, Type } from 'typebox';
import type { Commit as GitCommit } from '../../git/commit.ts';
import { entity } from './entity.ts';

/** A commit inside a job, a branch or a list. Dates keep their author's zone. */
export const Commit = entity({
  id: Type.String(),
  short_id: Type.String(),
  created_at: Type.String(),
  parent_ids: Type.Array(Type.String()),
  title: Type.String(),
  message: Type.String(),
  author_name: Type.String(),
  author_email: Type.String(),
  authored_date: Type.String(),
  committer_name: Type.String(),
  committer_email: Type.String(),
  committed_date: Type.String(),
  trailers: Type.Record(Type.String(), Type.String()),
  extended_trailers: Type.Record(Type.String(), Type.Array(Type.String())),
  web_url: Type.String(),
});

/** `projectUrl` is the project's address, without a slash at its end. */
export const commitOf = (commit: GitCommit, projectUrl: string): Static<typeof Commit> => ({
  ...commit,
  web_url: `${projectUrl}/-/commit/${commit.id}`,
});

/** As commitOf, as JSON: that which is stored with a pipeline for its `sha`, and the address. */
export const storedCommitText = (data: string, sha: string, projectUrl: string): string =>
  `${data.slice(0, -1)},"web_url":${JSON.stringify(`${projectUrl}/-/commit/${sha}`)}}`;

/** The same as an object. */
export const storedCommit = (...of: Parameters<typeof storedCommitText>) =>
  JSON.parse(storedCommitText(...of)) as Static<typeof Commit>;
