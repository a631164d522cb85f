import type { Kysely } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';

/** What an administrator sets of the whole server, under GitLab's names. */
export interface ApplicationSettings {
  /** Whether runners may register themselves with a registration token. */
  allow_runner_registration_token: boolean;
  /** Seconds that new runner tokens live, by the type of the runner; null for ever. */
  runner_token_expiration_interval: number | null;
  group_runner_token_expiration_interval: number | null;
  project_runner_token_expiration_interval: number | null;
}

const DEFAULTS: ApplicationSettings = {
  allow_runner_registration_token: true,
  runner_token_expiration_interval: null,
  group_runner_token_expiration_interval: null,
  project_runner_token_expiration_interval: null,
};

const KEY = 'application_settings';

/** The settings as they are: what was never set has its default. */
export async function readApplicationSettings(db: Kysely<Tables>): Promise<ApplicationSettings> {
  const row = await db.selectFrom('instance').select('value').where('key', '=', KEY).executeTakeFirst();
  return { ...DEFAULTS, ...(row ? (JSON.parse(row.value) as Partial<ApplicationSettings>) : {}) };
}

/** Sets those given and leaves the others. Answers all of them. */
export async function writeApplicationSettings(
  db: Database,
  changes: Partial<ApplicationSettings>,
): Promise<ApplicationSettings> {
  return db.write(async (tx) => {
    const settings = { ...(await readApplicationSettings(tx)), ...changes };
    const value = JSON.stringify(settings);
    await tx
      .insertInto('instance')
      .values({ key: KEY, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
    return settings;
  });
}
