import { expect, test } from 'vitest';
import { projectOf } from './work-tree.ts';

test.each([
  ['git@gitlab.example:group/sub/app.git', 'group/sub/app'],
  ['gitlab.example:group/app', 'group/app'],
  ['ssh://git@gitlab.example:2222/group/app.git', 'group/app'],
  ['https://user:secret@gitlab.example/group/app.git/', 'group/app'],
  // Of no server, or of no group.
  ['/srv/git/group/app.git', null],
  ['../group/app.git', null],
  ['file:///srv/git/group/app.git', null],
  ['https://gitlab.example/app.git', null],
  ['https://gitlab.example/~ada/app.git', null],
  ['', null],
])('the remote %j is of the project %j', (address, project) => {
  expect(projectOf(address)).toBe(project);
});
