import ipaddr from 'ipaddr.js';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
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
  readonly #ofLogin: RateLimiterMemory;
  readonly #ofAddress: RateLimiterMemory;

  constructor(rules: Rules) {
    const duration = rules.failed_login_attempts_unlock_period;
    this.#ofLogin = new RateLimiterMemory({ points: rules.max_login_attempts, duration });
    this.#ofAddress = new RateLimiterMemory({ points: rules.max_login_attempts_of_address, duration });
  }

  /** Counts an attempt as failed until `succeeded` is told. @throws 429 when there were too many */
  async begin(login: string, address: string): Promise<void> {
    try {
      await this.#ofAddress.consume(networkOf(address));
      await this.#ofLogin.consume(login);
    } catch (error) {
      if (error instanceof RateLimiterRes) throw tooManyRequests(Math.ceil(error.msBeforeNext / 1000));
      throw error;
    }
  }

  async succeeded(login: string, address: string): Promise<void> {
    await this.#ofLogin.delete(login);
    await this.#ofAddress.reward(networkOf(address));
  }
}

/** Whoever has an IPv6 address has the 2^64 around it. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}
