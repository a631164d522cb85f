import type { Patch } from '../patch.ts';

export const patches: Patch[] = [
  {
    name: 'the tokens of a job are in its log in clear',
    file: 'src/pipelines/id-tokens.ts',
    find: '{ public: false, masked: true }',
    replace: '{ public: false }',
    tests: ['test/journeys/id-tokens.test.ts'],
  },
  {
    name: 'a token is good for a day, however long its job may take',
    file: 'src/pipelines/id-tokens.ts',
    find: 'key.sign({ ...claims, aud: audience }, now, timeout)',
    replace: 'key.sign({ ...claims, aud: audience }, now, 86_400)',
    tests: ['test/journeys/id-tokens.test.ts'],
  },
  {
    name: 'tokens are for whomever variables name, as it is written',
    file: 'src/pipelines/id-tokens.ts',
    find: 'aud.map(fillIn)',
    replace: 'aud',
    tests: ['test/journeys/id-tokens.test.ts'],
  },
  {
    name: 'everybody on the machine reads the key that tokens are signed with',
    file: 'src/id-tokens/signing-key.ts',
    find: '  chmodSync(unfinished, 0o600);',
    replace: '  chmodSync(unfinished, 0o644);',
    tests: ['test/journeys/id-tokens.test.ts'],
  },
];
