import { ApiProblem, messageOf } from '../api/problem.ts';

/** `in 59 seconds`, `in 2 minutes`; `later` where the server does not say. */
function waitText(seconds: number | null): string {
  if (seconds === null) return 'later';
  if (seconds < 60) return `in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  const minutes = Math.ceil(seconds / 60);
  return `in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

/** Why a password was not taken, and when to try again. */
export function passwordProblem(error: unknown): string {
  if (error instanceof ApiProblem && error.status === 429)
    return `Too many wrong passwords. Try again ${waitText(error.retryAfter)}.`;
  return messageOf(error);
}
