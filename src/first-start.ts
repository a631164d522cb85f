import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRootUser, hasUsers } from './access/create-root-user.ts';
import { createToken, PREFIX } from './access/token.ts';
import { makeFolder } from './blobs/make-folder.ts';
import type { Database } from './db/database.ts';
import { StartError } from './errors.ts';

export interface RootCredentials {
  password: string;
  token: string;
}

/**
 * Makes the administrator when there are no users yet. Password and token are those given, or random;
 * they stand in two files only their owner can read, and are answered once.
 */
export async function firstStart(
  db: Database,
  data: string,
  given: { password: string | null; token: string | null },
  now: number,
): Promise<RootCredentials | null> {
  if (await hasUsers(db.read)) return null;
  // Written before the database knows them: a crash in between leaves files that the next start uses.
  const credentials = {
    password: given.password ?? kept(data, 'root-password') ?? randomBytes(15).toString('base64url'),
    token: given.token ?? kept(data, 'root-token') ?? createToken(PREFIX.personal),
  };
  keep(data, 'root-password', credentials.password);
  keep(data, 'root-token', credentials.token);
  const isRandom = given.password === null;
  return (await createRootUser(db, { ...credentials, isRandom }, now)) ? credentials : null;
}

/** Makes the data folder, readable by its owner alone. @throws StartError when that is not possible */
export function prepareDataFolder(data: string): void {
  try {
    makeFolder(data);
    chmodSync(data, 0o700);
    const probe = join(data, '.write-test');
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `The data folder ${data} cannot be written (${reason}): correct its rights, or choose another folder with --data DIR.`,
    );
  }
}

/** A secret of this server in a file of its own, made at random when there is none. */
export function secretFile(data: string, name: string): Buffer {
  const known = kept(data, name);
  if (known !== null) return Buffer.from(known, 'base64url');
  const secret = randomBytes(32);
  keep(data, name, secret.toString('base64url'));
  return secret;
}

function kept(data: string, name: string): string | null {
  const file = join(data, name);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() || null : null;
}

function keep(data: string, name: string, secret: string): void {
  const file = join(data, name);
  writeFileSync(file, `${secret}\n`, { mode: 0o600, flush: true });
  chmodSync(file, 0o600);
}
