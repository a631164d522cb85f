import type { Database } from './database.ts';
import { openDatabase } from './dialect.ts';
import { migrate } from './migrate.ts';

/**
 * Opens the database at this program's schema. What that takes may last as long as it needs; from then on
 * PostgreSQL must answer each statement in `statement` milliseconds. SQLite is no farther than the disk.
 * @throws StartError as `openDatabase` and `migrate` do
 */
export async function openMigrated(folder: string, url: string | null, statement: number): Promise<Database> {
  const patient = await openDatabase(folder, url);
  try {
    await migrate(patient);
    if (url === null) return patient;
  } catch (error) {
    await patient.close();
    throw error;
  }
  await patient.close();
  return await openDatabase(folder, url, statement);
}
