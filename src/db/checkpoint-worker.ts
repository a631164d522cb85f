import { DatabaseSync } from 'node:sqlite';
import { openPort } from '../threads/thread-port.ts';
import type { Asked, Told } from './checkpoints.ts';

/** Views of the database last for a turn of an event loop; a longer one is given up waiting for. */
const TIMEOUT_MS = 100;

let database: DatabaseSync | undefined;

openPort<Asked, Told>(({ file, mode }, tell) => {
  database ??= new DatabaseSync(file, { timeout: TIMEOUT_MS });
  database.exec(`PRAGMA wal_checkpoint(${mode})`);
  tell(null);
});
