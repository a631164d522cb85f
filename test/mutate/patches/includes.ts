import type { Patch } from '../patch.ts';

const cases = ['test/ci-cases.test.ts'];
const journey = ['test/journeys/includes.test.ts'];
const outbound = ['src/outbound/outbound-get.test.ts', 'src/outbound/forbidden-address.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a wildcard crosses folders',
    file: 'src/ci/wildcard.ts',
    find: "'[^/]*'",
    replace: "'.*'",
    tests: cases,
  },
  {
    name: 'what another project includes is looked for in the own one',
    file: 'src/ci/include-file.ts',
    find: 'origin: { ...origin, at: found.commit, prefix } };',
    replace: 'origin: { ...origin, prefix } };',
    tests: cases,
  },
  {
    name: 'files from an address see variables',
    file: 'src/ci/include.ts',
    find: 'origin.trusted ? variables : []',
    replace: 'variables',
    tests: cases,
  },
  {
    name: 'files from an address read projects with the rights of the user',
    file: 'src/ci/include-file.ts',
    find: "origin.trusted ? 'user' : 'nobody'",
    replace: "'user'",
    tests: cases,
  },
  {
    name: 'integrity is not looked at',
    file: 'src/ci/include-file.ts',
    find: 'location.integrity !== null && ',
    replace: 'location.integrity === "" && ',
    tests: cases,
  },
  {
    name: 'masked values are told',
    file: 'src/ci/variable.ts',
    find: ".filter(({ masked, value }) => masked && value !== '')",
    replace: '.filter(({ masked }) => !masked)',
    tests: cases,
  },
  {
    name: 'whoever may see a project includes its files',
    file: 'src/projects/user-role.ts',
    find: "userMay(db, user, 'read_code', project, now)",
    replace: "userMay(db, user, 'read_project', project, now)",
    tests: journey,
  },
  {
    name: 'the id of a project is its path',
    file: 'src/pipelines/include-sources.ts',
    find: "path.includes('/') ? await findProject(db.read, path) : null",
    replace: 'await findProject(db.read, path)',
    tests: journey,
  },
  {
    name: 'versions are compared as texts',
    file: 'src/pipelines/component-version.ts',
    find: 'compare(a.numbers, b.numbers)',
    replace: 'a.tag < b.tag ? -1 : 1',
    tests: ['src/pipelines/component-version.test.ts'],
  },
  {
    name: 'what is kept of an address has no end',
    file: 'src/pipelines/remote-files.ts',
    find: ' && now - kept.at < cache * 1000',
    replace: '',
    tests: journey,
  },
  {
    name: 'a file from afar is fetched in the turn of its configuration',
    file: 'src/pipelines/compiler-thread.ts',
    find: "wanted.kind !== 'remote'",
    replace: 'wanted',
    tests: ['src/pipelines/compiler-thread.test.ts'],
  },
  {
    name: 'of several addresses the first is looked at',
    file: 'src/outbound/outbound-get.ts',
    find: 'for (const { address } of addresses)',
    replace: 'for (const { address } of addresses.slice(0, 1))',
    tests: outbound,
  },
  {
    name: 'the connection resolves the name again',
    file: 'src/outbound/outbound-get.ts',
    find: '    lookup: pinned(addresses),\n',
    replace: '',
    tests: outbound,
  },
  {
    name: 'credentials in an address are sent',
    file: 'src/outbound/outbound-get.ts',
    find: '    auth: undefined,\n',
    replace: '',
    tests: outbound,
  },
  {
    name: 'an IPv4 address within IPv6 is public',
    file: 'src/outbound/forbidden-address.ts',
    find: 'parsed.match(PUBLIC_IPV6)',
    replace: 'true',
    tests: outbound,
  },
  {
    name: 'a location that is masked as a whole has no extension',
    file: 'src/ci/include-location.ts',
    find: 'YAML_EXTENSION.test(name)',
    replace: 'YAML_EXTENSION.test(shown)',
    tests: ['test/ci-cases.test.ts'],
  },
  {
    name: 'who is not signed in includes nothing',
    file: 'src/projects/user-role.ts',
    find: "return allowsOnProject('read_code', 'anonymous', subject);",
    replace: 'return !subject;',
    tests: ['test/journeys/lint.test.ts'],
  },
  {
    name: 'an answer in another protocol is waited for',
    file: 'src/outbound/outbound-get.ts',
    find: "reject(new OutboundError('protocol', 'it changes the protocol'));",
    replace: '',
    tests: ['src/outbound/outbound-get.test.ts'],
  },
];
