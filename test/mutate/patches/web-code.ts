import type { Patch } from '../patch.ts';

const wayBack = ['web/src/address/way-back.test.ts'];
const links = ['web/src/code/markdown-links.test.ts'];

/** What the web app makes of addresses and texts that others have written. */
export const patches: Patch[] = [
  {
    name: 'whoever signs in is led to a path that is another server',
    file: 'web/src/address/way-back.ts',
    find: "url.origin !== origin || url.pathname.startsWith('//') ||",
    replace: 'url.origin !== origin ||',
    tests: wayBack,
  },
  {
    name: 'a link of a README may have any scheme',
    file: 'web/src/code/markdown-links.ts',
    find: '/^[^/?#]*:/.test(href) ||',
    replace: '',
    tests: links,
  },
  {
    name: 'a link of a README leads out of the repository',
    file: 'web/src/code/markdown-links.ts',
    find: 'else if (parts.pop() === undefined) return null;',
    replace: 'else parts.pop();',
    tests: links,
  },
  {
    name: 'a README loads pictures of other servers',
    file: 'web/src/code/markdown-links.ts',
    find: 'if (/^(https?:)?\\/\\//i.test(src)) return null;',
    replace: 'if (/^(https?:)?\\/\\//i.test(src)) return src;',
    tests: links,
  },
  {
    name: 'the shortest ref of an address is taken',
    file: 'web/src/code/split-ref.ts',
    find: 'refCandidates(trimmed).find(',
    replace: 'refCandidates(trimmed).findLast(',
    tests: ['web/src/code/split-ref.test.ts'],
  },
  {
    name: 'the sign-in page says what its address says',
    file: 'web/src/pages/sign-in/refusals.ts',
    find: ": 'Signing in did not work. Try again.';",
    replace: ': code;',
    tests: ['web/src/pages/sign-in/refusals.test.ts'],
  },
];
