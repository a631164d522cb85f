import type { Generated } from 'kysely';
import type { Time } from './column.ts';

/** What is said of a tag: one for each. */
export interface Releases {
  id: Generated<number>;
  project_id: number;
  /** Its name; the tag itself may be gone. */
  tag: string;
  /** The commit of the tag when it was released. */
  sha: string;
  name: string;
  description: string | null;
  /** Null when the user is gone. */
  author_id: number | null;
  /** May lie ahead. */
  released_at: Time;
  created_at: Time;
  updated_at: Time;
}

/** Something that a release brings along, wherever it lies. */
export interface ReleaseLinks {
  id: Generated<number>;
  release_id: number;
  name: string;
  url: string;
  /** With a `/` before it: under which path of the release it is found too. */
  filepath: string | null;
  link_type: string;
  created_at: Time;
  updated_at: Time;
}
