import ipaddr from 'ipaddr.js';
import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from '../errors.ts';
import type { Limits } from '../limits.ts';

type Rules = Pick<
  Limits,
  'max_login_attempts' | 'max_login_attempts_of_address' | 'failed_login_attempts_unlock_period'
>;

/**
 * Counts wrong passwords, by whose they should be and by where they come from. An attempt counts from its beginning,
 * so that many at once are no more than one after the other. Each server counts for itself.
 */
export class LoginAttempts {
  readonly #rules: Rules;
  #counters: Promise<Counters> | null = null;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** Counts an attempt as failed until `succeeded` is told. @throws 429 when there were too many */
  async begin(login: string, address: string): Promise<void> {
    const { ofLogin, ofAddress, isRefusal } = await this.#counted();
    try {
      await ofAddress.consume(networkOf(address));
      await ofLogin.consume(login);
    } catch (error) {
      if (isRefusal(error)) throw tooManyRequests(Math.ceil(error.msBeforeNext / 1000));
      throw error;
    }
  }

  async succeeded(login: string, address: string): Promise<void> {
    const { ofLogin, ofAddress } = await this.#counted();
    await ofLogin.delete(login);
    await ofAddress.reward(networkOf(address));
  }

  #counted(): Promise<Counters> {
    return (this.#counters ??= loadCounters(this.#rules));
  }
}

interface Counters {
  ofLogin: RateLimiterMemory;
  ofAddress: RateLimiterMemory;
  isRefusal: (error: unknown) => error is RateLimiterRes;
}

/** The package brings counters of every kind of store, so no start waits for it. */
async function loadCounters(rules: Rules): Promise<Counters> {
  const { RateLimiterMemory, RateLimiterRes } = await import('rate-limiter-flexible');
  const duration = rules.failed_login_attempts_unlock_period;
  return {
    ofLogin: new RateLimiterMemory({ points: rules.max_login_attempts, duration }),
    ofAddress: new RateLimiterMemory({ points: rules.max_login_attempts_of_address, duration }),
    isRefusal: (error) => error instanceof RateLimiterRes,
  };
}

/** Whoever has an IPv6 address has the 2^64 around it. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}
