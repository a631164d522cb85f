import { apiError } from '../errors.ts';

export interface DotenvLimits {
  /** Bytes; a report must be smaller. */
  dotenv_size: number;
  /** Variables of one report. */
  dotenv_variables: number;
}

export interface DotenvVariable {
  key: string;
  value: string;
}

const KEY = /^\w{1,255}$/;

/**
 * The variables of a dotenv report: a line each, `KEY=VALUE` without quotes, comments or empty lines; the
 * last of a key counts. Jobs that fetch its artifacts have them, and its environment's url.
 * @throws 400 that says which line is wrong and why; the job fails by it
 */
export function parseDotenv(bytes: Buffer, limits: DotenvLimits): DotenvVariable[] {
  if (bytes.length >= limits.dotenv_size)
    throw refusal(`Dotenv Artifact Too Big. Maximum Allowable Size: ${limits.dotenv_size}`);
  const byKey = new Map<string, string>();
  const lines = decode(bytes).split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) {
    const equals = line.indexOf('=');
    const key = line.slice(0, Math.max(0, equals)).trim();
    if (equals < 0) throw refusal(`Invalid Format: line ${index + 1} is not KEY=VALUE`);
    if (!KEY.test(key))
      throw refusal(
        `Invalid Format: the key of line ${index + 1} can contain only letters, digits and '_', at most 255`,
      );
    byKey.set(key, line.slice(equals + 1).trim());
  }
  if (byKey.size > limits.dotenv_variables)
    throw refusal(`Dotenv files cannot have more than ${limits.dotenv_variables} variables`);
  return [...byKey].map(([key, value]) => ({ key, value }));
}

const refusal = (message: string) => apiError('plain', message);

/** PowerShell writes UTF-16. What is not UTF-8, and NUL, become replacement characters. */
function decode(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes).replaceAll('\0', '\ufffd');
}
