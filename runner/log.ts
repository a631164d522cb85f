type Level = 'info' | 'warn' | 'error';

/**
 * Writes one line of JSON about one event to stderr. What is logged never holds a token: callers pass
 * ids and error messages only.
 */
export function log(
  level: Level,
  msg: string,
  facts: Record<string, string | number | undefined> = {},
): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, msg, ...facts })}\n`);
}

/** The message of anything that was thrown; for a failed connection the cause in the words of the system. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
