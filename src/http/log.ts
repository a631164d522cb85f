import pino, { type Logger } from 'pino';

/** One JSON line an event, on stderr unless a file is named; secrets that slip into a logged object are struck out. */
export function createLog(level: string, file: string | null = null): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: [
        '*.token',
        '*.password',
        '*.headers.authorization',
        '*.headers["private-token"]',
        '*.headers.cookie',
      ],
    },
    pino.destination({ ...(file === null ? { fd: 2 } : { dest: file, mode: 0o600 }), sync: true }),
  );
}
