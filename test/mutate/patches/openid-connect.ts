import type { Patch } from '../patch.ts';

const tests = ['test/journeys/openid-connect.test.ts'];

export const patches: Patch[] = [
  {
    name: 'whoever comes back may have begun elsewhere',
    file: 'src/access/openid-provider.ts',
    find: 'expectedState: state,',
    replace: "expectedState: url.searchParams.get('state') ?? state,",
    tests,
  },
  {
    name: 'what a browser keeps can be kept for ever',
    file: 'src/api/openid-attempt.ts',
    find: 'new Date(now + LIFETIME)',
    replace: 'new Date(now + LIFETIME * 1000)',
    tests,
  },
  {
    name: 'signing in leads to other servers',
    file: 'src/http/own-path.ts',
    find: 'return address?.origin === own.origin && address.username',
    replace: 'return address && address.username',
    tests: ['src/http/own-path.test.ts'],
  },
  {
    name: 'where to go to after signing in is not looked at',
    file: 'src/api/openid-connect.ts',
    find: "ownAddress(url(), params.redirect_to ?? '/') ?? `${url()}/`",
    replace: 'params.redirect_to ?? `${url()}/`',
    tests,
  },
  {
    name: 'an administrator is known by an address',
    file: 'src/access/sign-in-vouched.ts',
    find: ' || user.admin === 1',
    replace: '',
    tests,
  },
  {
    name: 'a user is known by an address that nobody has verified',
    file: 'src/access/sign-in-vouched.ts',
    find: 'if (email_verified !== true ||',
    replace: 'if (email_verified === false ||',
    tests,
  },
  {
    name: 'whoever takes over an address takes over the user',
    file: 'src/access/sign-in-vouched.ts',
    find: 'return identities.every((identity) => identity.issuer !== issuer);',
    replace: "return identities.every((identity) => identity.issuer !== issuer || identity.provider !== '');",
    tests,
  },
  {
    name: 'whoever is blocked comes in by another server’s word',
    file: 'src/access/sign-in-vouched.ts',
    find: "return user.state === 'active' ? user : 'account_blocked';",
    replace: 'return user;',
    tests,
  },
  {
    name: 'users are made though that is switched off',
    file: 'src/access/sign-in-vouched.ts',
    find: "if (!found && !rules.create_users) return 'no_account';",
    replace: "if (!found && rules.create_users === null) return 'no_account';",
    tests,
  },
  {
    name: 'a provider that was away once is never asked again',
    file: 'src/access/openid-provider.ts',
    find: 'this.#discovered = null;\n      throw error;',
    replace: 'throw error;',
    tests,
  },
];
