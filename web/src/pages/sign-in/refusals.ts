/** Why the other server, or this one, did not let somebody in: what `error` in the address may be (docs/operate/sign-in.md). */
const REFUSALS: Readonly<Record<string, string>> = {
  openid_connect_unavailable: 'The other server does not answer at the moment. Try again later.',
  openid_connect_failed:
    'What the other server answered was not in order. Whoever runs this server can tell why.',
  openid_connect_denied: 'The other server has not let you in.',
  openid_connect_expired: 'It took too long, or was begun in another browser. Try again.',
  account_blocked: 'Your account has been blocked.',
  no_account: 'You have no account here. Ask whoever runs this server for one.',
  email_taken:
    'Somebody here has your email address already. Ask whoever runs this server to tie that account to you.',
  email_missing: 'The other server does not tell your email address, without which there is no account.',
  email_unverified: 'The other server has not verified your email address. Do that there first.',
};

/** The sentence for a code. Words of the address itself are never shown: anybody may have written them. */
export const refusalOf = (code: string): string =>
  Object.hasOwn(REFUSALS, code) ? (REFUSALS[code] ?? '') : 'Signing in did not work. Try again.';
