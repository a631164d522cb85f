import { DatabaseSync } from 'node:sqlite';
import { openPort } from '../threads/thread-port.ts';
import type { Asked, Told } from './checkpoints.ts';

let database: DatabaseSync | undefined;

openPort<Asked, Told>(({ file }, tell) => {
  database ??= new DatabaseSync(file);
  database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  tell(null);
});
