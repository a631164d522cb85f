import type { Role } from '../access/permissions.ts';
import { mayReadArtifact } from '../artifacts/may-read-artifact.ts';
import type { Database } from '../db/database.ts';
import { findProject } from '../projects/project-store.ts';
import { type Actor, mayReadCode } from '../projects/user-role.ts';
import { decrypt } from '../variables/encrypt.ts';
import type { ConfigurationDraft } from './configuration-draft.ts';
import { type Kept, readConfigurationWithoutText } from './kept-store.ts';
import { maySeeGiven } from './may-see-given.ts';
import { unpackText } from './pack-text.ts';

/** An input that a pipeline was given, and the file whose input it is. */
export interface GivenInput {
  name: string;
  /** What JSON can hold. */
  value: unknown;
  file: string;
}

/** What a pipeline was made of, as it is kept with it; all of it in one stands beside. */
export interface KeptConfiguration extends Omit<ConfigurationDraft, 'merged_yaml'> {
  /** The project's own file; null: what a bridge names, or what the project's settings name elsewhere. */
  file: string | null;
  inputs: GivenInput[];
  /** The other projects whose files are in it, and the `artifacts:access` of those that are from artifacts. */
  projects: number[];
  accessibilities: string[];
}

/** As whoever asks may see it. */
export interface ShownConfiguration extends Pick<KeptConfiguration, 'file' | 'includes'> {
  /** Null: values stand in them that whoever asks may not see. */
  inputs: GivenInput[] | null;
  merged_yaml: string | null;
  /** Why there is no `merged_yaml`. */
  reason: KeptConfiguration['reason'] | 'not_permitted';
}

export interface Reader {
  user: Actor | null;
  /** In the pipeline's project, whose code the reader may read. */
  role: Role;
}

/** Undefined: nothing was kept of it. */
export async function showConfiguration(
  db: Database,
  secretKey: Buffer,
  { configuration, merged_yaml }: Pick<Kept, 'configuration' | 'merged_yaml'>,
  pipeline: { user: { id: number } | null },
  reader: Reader,
  now: number,
): Promise<ShownConfiguration | undefined> {
  if (configuration === null) return undefined;
  const kept = JSON.parse(configuration) as KeptConfiguration;
  const { file, inputs, includes, reason } = kept;
  if (kept.holds_values && !maySeeGiven(pipeline, reader))
    return notPermitted(kept.given_holds_values ? { file, inputs: null } : kept);
  if (!(await mayReadAll(db, kept, reader, now))) return notPermitted(kept);
  const text = merged_yaml && (await unpackText(decrypt(secretKey, merged_yaml)));
  return { file, inputs, includes, merged_yaml: text && text.toString(), reason };
}

/**
 * Whether values of variables that are not for all may stand in what the pipeline's configuration says: where nothing was
 * kept of it, nobody knows.
 */
export async function mayHoldValues(db: Database, pipeline_id: number): Promise<boolean> {
  const configuration = await readConfigurationWithoutText(db.read, pipeline_id);
  return configuration === null || (JSON.parse(configuration) as KeptConfiguration).holds_values;
}

const notPermitted = ({ file, inputs }: Pick<ShownConfiguration, 'file' | 'inputs'>): ShownConfiguration => ({
  file,
  inputs,
  includes: null,
  merged_yaml: null,
  reason: 'not_permitted',
});

/** Whoever may read every file that it is made of may read it. */
async function mayReadAll(
  db: Database,
  { projects, accessibilities }: KeptConfiguration,
  { user, role }: Reader,
  now: number,
): Promise<boolean> {
  if (!accessibilities.every((accessibility) => mayReadArtifact({ accessibility }, role))) return false;
  for (const id of projects) {
    const project = await findProject(db.read, String(id));
    if (!project || !(await mayReadCode(db.read, user, project, now))) return false;
  }
  return true;
}
