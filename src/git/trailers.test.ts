import { expect, test } from 'vitest';
import { git, temporaryFolder } from '../../test/support/repositories.ts';
import { parseTrailers } from './trailers.ts';

const MESSAGES = [
  'Title only: not a trailer',
  'Title\n\nBody\n\nSigned-off-by: Ada <a@b>\nReviewed-by: Bob',
  'Title\n\nChangelog: added\n',
  'Title\n\nSome prose\nChangelog: added\n',
  'Title\n\nprose one\nprose two\nSigned-off-by: Ada\n',
  'Title\n\np1\np2\np3\np4\nSigned-off-by: Ada\n',
  'Title\n\nKey: first\n  second\n\tthird\nOther: x\n',
  'Title\n\nKey : spaced\nkey:tight\n',
  'Title\n\nKey: twice\nKey: again\n\n\n',
  'Title\n\n  indented: first\nKey: v\n',
  'Title\n\nKey: v\n\nnot trailers at all\n',
  'Title\n\nhttps://example.com/x\n',
  'Title\n\n(cherry picked from commit abc)\nKey: v\n',
  'Title\n\nTwo words: no\n',
  'Title\nsecond line: of the title\n\nKey: v',
  'Title\n\nbody\n\nSigned-off-by: Ada\n\nConflicts:\n\tfile.txt\n',
  'Title\n\nA: 1\n \nB: 2\n',
  'Title\n\n: empty key\nKey: v\n',
  'Title\n\nEmpty:\nKey: v\n',
  'Title\n\nprose\n  continued\n  continued\nSigned-off-by: Ada\n',
];

test('finds the trailers that git finds', async () => {
  const folder = await temporaryFolder();
  await git(folder, ['init', '-q', '-b', 'main', '.']);
  for (const message of MESSAGES) {
    await git(folder, ['commit', '-q', '--allow-empty', '--cleanup=verbatim', '-m', message]);
    const expected = await git(folder, ['log', '-1', '--format=%(trailers:only,unfold)']);
    const found = parseTrailers(await git(folder, ['log', '-1', '--format=%B']));
    const printed = found.map(([key, value]) => `${key}: ${value}`.trimEnd()).join('\n');
    expect(`${message}→\n${printed}`).toBe(
      `${message}→\n${expected
        .split('\n')
        .map((line) => line.trimEnd())
        .join('\n')
        .trimEnd()}`,
    );
  }
});
