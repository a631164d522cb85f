import { expect, test } from 'vitest';
import { addressFor, EXAMPLE, existingRepository, newRepository } from './commands.ts';

const to = { address: 'http://127.0.0.1:8080/root/hello.git', username: 'root', branch: 'main' };

test('git is told who pushes, and asks for the password alone', () => {
  expect(addressFor(to)).toBe('http://root@127.0.0.1:8080/root/hello.git');
  expect(addressFor({ ...to, username: 'a@b' })).toBe('http://a%40b@127.0.0.1:8080/root/hello.git');
});

test('the commands make a folder of the project’s name and push its default branch', () => {
  const commands = newRepository(to);
  expect(commands).toContain('mkdir hello && cd hello');
  expect(commands).toContain('git init --initial-branch=main');
  expect(commands).toContain("cat > .gitlab-ci.yml << 'END'\nbuild:\n");
  expect(commands).toMatch(/git push --set-upstream origin main\n$/);
});

test('the example has two stages, so that one sees them follow each other', () => {
  expect(EXAMPLE.match(/^ {2}stage: .+$/gm)).toEqual(['  stage: build', '  stage: test']);
});

test('whoever has a repository pushes what is checked out, under the name of the default branch', () => {
  expect(existingRepository({ ...to, branch: 'trunk' })).toContain('HEAD:trunk');
});
