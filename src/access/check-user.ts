import { apiError } from '../errors.ts';
import type { User } from './caller.ts';

/** @throws 403 for a blocked or deactivated user */
export function checkUser(user: User): void {
  if (user.state === 'blocked') throw apiError('forbidden_because', 'Your account has been blocked.');
  if (user.state === 'deactivated')
    throw apiError('forbidden_because', 'Your account has been deactivated by your administrator.');
}
