/**
 * - `blocked`: the address, or one that it led to, is not allowed.
 * - `timeout`, `too_large`: it took more than it may.
 * - `status`: the answer is an error, `status` says which.
 * - `refused`, `socket`: nobody listens there; the name is unknown or the connection broke.
 * - `protocol`: what came is no answer that can be used.
 */
type OutboundProblem = 'blocked' | 'timeout' | 'too_large' | 'status' | 'refused' | 'socket' | 'protocol';

/** Why nothing was fetched. */
export class OutboundError extends Error {
  readonly problem: OutboundProblem;
  /** Of the answer, 0 when there was none. */
  readonly status: number;

  constructor(problem: OutboundProblem, message: string, status = 0) {
    super(message);
    this.name = 'OutboundError';
    this.problem = problem;
    this.status = status;
  }
}
