const BUSY = 'the database is busy';
/** SQLite's primary result codes for what the disk below it refuses. */
const SQLITE: Record<number, string> = {
  5: BUSY,
  8: 'the storage is read-only',
  10: 'the storage cannot be read or written',
  13: 'the storage is full',
  14: 'the storage cannot be read or written',
};
const GONE = 'the database cannot be reached';
const SLOW = 'the database did not answer in time';
/** PostgreSQL's codes for what passes by itself or is the operator's to mend, by code or by its class. */
const POSTGRES: Record<string, string> = {
  // Tried again, and again in vain.
  '40001': BUSY,
  '40P01': BUSY,
  '53100': 'the storage is full',
  '53200': 'the database has no memory left',
  '53300': 'the database has no connection left',
  '57014': SLOW,
  '57P01': GONE,
  '57P02': GONE,
  '57P03': GONE,
  '58030': 'the storage cannot be read or written',
  '25006': 'the database is read-only',
  '08': GONE,
};
/** What a socket to PostgreSQL fails with. */
const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
]);
/** The client's own errors have no code. */
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error)/;

/**
 * Why the database cannot do just now what it could do later: its disk is full, or it cannot be reached.
 * Null for every other error. `error` is what a statement or a transaction threw.
 */
export function unavailableBecause(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof AggregateError && error.errors.length > 0) return unavailableBecause(error.errors[0]);
  const { code, errcode, syscall } = error as Error & {
    code?: unknown;
    errcode?: unknown;
    syscall?: unknown;
  };
  // The extended code's last byte is the primary one.
  if (code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number') return SQLITE[errcode & 0xff] ?? null;
  if (isUnanswered(error)) return SLOW;
  if (typeof code !== 'string') return WORDS.test(error.message) ? GONE : null;
  if (syscall !== undefined) return SOCKET.has(code) ? GONE : null;
  return POSTGRES[code] ?? POSTGRES[code.slice(0, 2)] ?? null;
}

/** Whether a text is longer than PostgreSQL can index; SQLite knows no such end. */
export const isTooLongToIndex = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '54000';

/** Whether the client gave up waiting for a statement: its connection still does, and is of no more use. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';
