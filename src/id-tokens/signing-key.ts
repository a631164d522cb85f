import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  type JWTPayload,
  SignJWT,
} from 'jose';

const ALGORITHM = 'RS256';
const FILE = 'id-token-key';
/** Clocks differ a little: a token counts from before it was made. */
const NOT_BEFORE_SECONDS = 5;

/** The public half of a key, as a JSON Web Key. */
export interface PublicKey {
  kty: string;
  n: string;
  e: string;
  kid: string;
  use: 'sig';
  alg: typeof ALGORITHM;
}

interface Key {
  sign: Awaited<ReturnType<typeof importPKCS8>>;
  shown: PublicKey;
}

/**
 * The key under which this server signs what it says of its jobs. It stands in a file of the data folder that its owner
 * alone can read, as the key of stored variables does, and is made when it is first needed.
 */
export class SigningKey {
  readonly #file: string;
  #key: Promise<Key> | null = null;

  constructor(data: string) {
    this.#file = join(data, FILE);
  }

  /** What others check tokens with: a JSON Web Key Set. */
  async keySet(): Promise<{ keys: PublicKey[] }> {
    return { keys: [(await this.#open()).shown] };
  }

  /** A token of these claims, good for `seconds` from `now` on (milliseconds since 1970). */
  async sign(claims: JWTPayload, now: number, seconds: number): Promise<string> {
    const { sign, shown } = await this.#open();
    const issued = Math.floor(now / 1000);
    return await new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: shown.kid, typ: 'JWT' })
      .setJti(randomUUID())
      .setIssuedAt(issued)
      .setNotBefore(issued - NOT_BEFORE_SECONDS)
      .setExpirationTime(issued + seconds)
      .sign(sign);
  }

  #open(): Promise<Key> {
    this.#key ??= openKey(this.#file).catch((error: unknown) => {
      this.#key = null;
      throw error;
    });
    return this.#key;
  }
}

async function openKey(file: string): Promise<Key> {
  if (!existsSync(file)) await makeKey(file);
  const sign = await importPKCS8(readFileSync(file, 'utf8'), ALGORITHM, { extractable: true });
  const { n = '', e = '' } = await exportJWK(sign);
  const shown = { kty: 'RSA', n, e } as const;
  const kid = await calculateJwkThumbprint(shown);
  return { sign, shown: { ...shown, kid, use: 'sig', alg: ALGORITHM } };
}

async function makeKey(file: string): Promise<void> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const unfinished = `${file}.new`;
  writeFileSync(unfinished, await exportPKCS8(privateKey), { mode: 0o600, flush: true });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, file);
}
