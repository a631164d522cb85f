import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRootUser } from '../../src/access/create-root-user.ts';
import type { Database } from '../../src/db/database.ts';

/** The administrator of the tests' servers. */
export const ROOT = { token: 'glpat-root-of-the-tests', password: 'password of the tests' };

/** Makes root in a database that servers are then given copies of: its password is digested once, and not for each of them. */
export async function placeRoot(db: Database): Promise<void> {
  await createRootUser(db, ROOT, Date.now());
}

/** Leaves the files that the first start of a server writes for its owner. */
export function tellOfRoot(data: string): void {
  for (const [name, secret] of [
    ['root-token', ROOT.token],
    ['root-password', ROOT.password],
  ] as const) {
    writeFileSync(join(data, name), `${secret}\n`, { mode: 0o600 });
  }
}
