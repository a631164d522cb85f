import type { Patch } from '../patch.ts';

const signIn = ['test/journeys/sign-in.test.ts'];
const forgery = ['test/journeys/sign-in-forgery.test.ts'];
const attempts = ['test/journeys/sign-in-attempts.test.ts'];
const passwords = ['test/journeys/passwords.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a session changes things without its CSRF token',
    file: 'src/http/session-caller.ts',
    find: "if (!reads && !csrfTokenMatches(token, headers['x-csrf-token'])) return null;",
    replace: "if (!reads && headers['x-csrf-token'] === '' && !csrfTokenMatches(token, '')) return null;",
    tests: forgery,
  },
  {
    name: 'the CSRF token of any session will do',
    file: 'src/access/session.ts',
    find: "createHmac('sha256', token)",
    replace: "createHmac('sha256', 'all' + token.slice(0, 0))",
    tests: forgery,
  },
  {
    name: 'a page of another port reads what the person may',
    file: 'src/http/request-origin.ts',
    find: "site !== 'same-origin' && site !== 'none'",
    replace: "site === 'cross-site'",
    tests: forgery,
  },
  {
    name: 'a page without an origin counts as one of ours',
    file: 'src/http/request-origin.ts',
    find: 'return headers.origin !== undefined &&',
    replace: "return headers.origin !== undefined && headers.origin !== 'null' &&",
    tests: forgery,
  },
  {
    name: 'a frame of another site is answered as to the person',
    file: 'src/http/request-origin.ts',
    find: " && headers['sec-fetch-dest'] === 'document'",
    replace: '',
    tests: forgery,
  },
  {
    name: 'a form of another site signs people in',
    file: 'src/api/session.ts',
    find: '!/^application\\/json\\s*(;|$)/i.test(type)',
    replace: "type === 'none'",
    tests: forgery,
  },
  {
    name: 'another site signs people in',
    file: 'src/api/session.ts',
    find: 'if (isFromElsewhere(headers, url))',
    replace: "if (isFromElsewhere(headers, url) && url === '')",
    tests: forgery,
  },
  {
    name: 'the cookie counts where a token that does not is sent',
    file: 'src/http/authenticate.ts',
    find: 'jobToken === null && (await',
    replace: '(await',
    tests: signIn,
  },
  {
    name: 'a session lasts as long as it is used',
    file: 'src/access/session.ts',
    find: '!session || session.expires_at <= now ||',
    replace: '!session ||',
    tests: signIn,
  },
  {
    name: 'a session that nobody used goes on',
    file: 'src/access/session.ts',
    find: 'session.last_used_at <= now - idle',
    replace: 'session.last_used_at <= now - idle * 100',
    tests: signIn,
  },
  {
    name: 'signing out leaves the session',
    file: 'src/api/session.ts',
    find: 'if (signedIn) await db.write',
    replace: "if (signedIn?.token === '') await db.write",
    tests: signIn,
  },
  {
    name: 'sessions come back with whoever was blocked',
    file: 'src/access/set-user-state.ts',
    find: "'blocked', now);\n    await deleteSessionsOf(tx, user.id, null);",
    replace: "'blocked', now);",
    tests: signIn,
  },
  {
    name: 'wrong passwords of a user are not counted',
    file: 'src/access/login-attempts.ts',
    find: 'await ofLogin.consume(login);',
    replace: 'await ofLogin.get(login);',
    tests: attempts,
  },
  {
    name: 'wrong passwords of an address are not counted',
    file: 'src/access/login-attempts.ts',
    find: 'await ofAddress.consume(networkOf(address));',
    replace: 'await ofAddress.get(networkOf(address));',
    tests: attempts,
  },
  {
    name: 'an unknown user is refused at once',
    file: 'src/access/sign-in.ts',
    find: 'const matches = await passwordMatches',
    replace: 'const matches = user !== null && await passwordMatches',
    tests: attempts,
  },
  {
    name: 'guesses at changing the password are free',
    file: 'src/access/change-password.ts',
    find: 'await attempts.begin(key, address);',
    replace: 'await attempts.succeeded(key, address);',
    tests: attempts,
  },
  {
    name: 'other sessions stay after a change of the password',
    file: 'src/access/change-password.ts',
    find: 'await deleteSessionsOf(tx, user_id, keeps);',
    replace: 'await deleteSessionsOf(tx, -1, keeps);',
    tests: passwords,
  },
  {
    name: 'whoever changes a password need not know it',
    file: 'src/access/change-password.ts',
    find: 'if (!(await passwordMatches(current_password, user.password_digest)))',
    replace: 'if (!(await passwordMatches(current_password, user.password_digest)) && keeps === -1)',
    tests: passwords,
  },
  {
    name: 'a random password of the first start need not be changed',
    file: 'src/first-start.ts',
    find: 'const isRandom = given.password === null;',
    replace: 'const isRandom = given.password !== null;',
    tests: passwords,
  },
  {
    name: 'a token makes itself others of larger scope',
    file: 'src/api/personal-access-tokens.ts',
    find: 'if (!inPerson && !params.scopes.every(',
    replace: 'if (!inPerson && params.scopes.length === 0 && !params.scopes.every(',
    tests: ['test/journeys/tokens.test.ts'],
  },
];
