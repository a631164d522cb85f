import pino, { type Logger } from 'pino';

/** One JSON line an event, on stderr; secrets that slip into a logged object are struck out. */
export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.token', '*.password', '*.headers.authorization', '*.headers["private-token"]'],
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
