/** What `jobyard run` takes of a work tree, and that it leaves it alone. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { git } from '../support/git.ts';
import { lintLocally, runLocally, workTree, writeFiles } from '../support/run-locally.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TIME = 300_000;

/** Every file below a folder with its time and content, but for `.jobyard`. The times of objects git renews that has them already. */
function photograph(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/.jobyard'))
    .map((path) => {
      const stats = statSync(path);
      const content = stats.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
      const time = stats.isFile() && !path.includes('/.git/objects/') ? stats.mtimeMs : '';
      return `${path} ${stats.mode} ${time} ${content}`;
    })
    .toSorted();
}

const onChange = (path: string) => `{script: [echo], rules: [{changes: [${path}]}]}`;

describe('what jobyard run takes of a work tree', () => {
  test(
    'runs the work tree as it is: what is not committed, and not what git ignores; and leaves the repository as it was',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml':
          'look:\n  script: [cat changed.txt new.txt, "! ls secret.txt gone.txt node_modules", git status --short]\n',
        '.gitignore': 'secret.txt\nnode_modules/\n',
        'changed.txt': 'as committed\n',
        'gone.txt': 'here',
      });
      writeFiles(folder, {
        'changed.txt': 'as changed\n',
        'new.txt': 'as new\n',
        'secret.txt': 'x',
        'node_modules/a/b.js': 'x',
      });
      rmSync(join(folder, 'gone.txt'));
      writeFiles(folder, { 'staged.txt': 'staged' });
      await git(folder, 'add', 'staged.txt');
      const status = await git(folder, 'status', '--short', '--branch');
      const before = photograph(folder);
      const { code, stdout } = await runLocally(folder);
      expect(stdout).toContain('look | as changed\nlook | as new\n');
      expect(code).toBe(0);
      expect(photograph(folder)).toEqual(before);
      expect(await git(folder, 'status', '--short', '--branch')).toBe(status);
      expect(status).not.toContain('.jobyard');
      expect(await git(folder, 'fsck', '--full', '--unreachable')).not.toContain('unreachable');
    },
    TIME,
  );

  test(
    'compares with what the remote had of the branch; of a clean tree with the commit before',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml': `a: ${onChange('a.txt')}\nb: ${onChange('b.txt')}\nc: ${onChange('c.txt')}\nd: {script: [echo]}\n`,
        'a.txt': 'a',
      });
      const remote = temporaryFolder();
      await git(remote, 'init', '--quiet', '--bare');
      await git(folder, 'remote', 'add', 'origin', remote);
      await git(folder, 'push', '--quiet', '--set-upstream', 'origin', 'main');
      const listed = async (...args: string[]) => {
        const { stdout } = await runLocally(folder, ['--list', '--json', ...args]);
        return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name).join('');
      };
      writeFiles(folder, { 'b.txt': 'b' });
      expect(await listed()).toBe('bd');
      await git(folder, 'add', '--all');
      await git(folder, 'commit', '--quiet', '--message', 'b');
      writeFiles(folder, { 'c.txt': 'c' });
      expect(await listed()).toBe('bcd');
      await git(folder, 'add', '--all');
      await git(folder, 'commit', '--quiet', '--message', 'c');
      await git(folder, 'push', '--quiet');
      expect(await listed()).toBe('cd');
      // Nobody knows what a new branch changes.
      expect(await listed('--ref', 'new')).toBe('abcd');
    },
    TIME,
  );

  test(
    'takes large files whole, submodules as their commit, and a linked work tree for itself, whatever calls it',
    async () => {
      const inner = await workTree({ 'inner.txt': 'inner' });
      const folder = await workTree({
        '.gitlab-ci.yml':
          'look: {script: [cat large.bin, ls -A sub, test ! -e begun, echo "$CI_COMMIT_BRANCH"]}\n',
      });
      await git(folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
      // What git-lfs would do: a pointer in the repository, the file in the work tree.
      await git(folder, 'config', 'filter.lfs.clean', 'echo pointer');
      await git(folder, 'config', 'filter.lfs.smudge', 'cat');
      await git(folder, 'config', 'filter.lfs.required', 'true');
      writeFiles(folder, { '.gitattributes': '*.bin filter=lfs\n', 'large.bin': 'the whole file\n' });
      await git(folder, 'add', '--all');
      await git(folder, 'commit', '--quiet', '--message', 'Large');
      expect(await git(folder, 'show', 'HEAD:large.bin')).toBe('pointer\n');
      const linked = join(temporaryFolder(), 'linked');
      await git(folder, 'worktree', 'add', '--quiet', '-b', 'other', linked);
      // Begun and left: git takes nothing of it.
      await git(folder, 'init', '--quiet', 'begun');
      writeFiles(folder, { 'begun/file': '' });
      const first = await runLocally(folder);
      expect(first.code, first.stdout).toBe(0);
      expect(first.stdout).toContain('begun is a repository without a commit, which nobody can push');
      expect(first.stdout).toContain('look | the whole file\n');
      expect(first.stdout).toContain('sub is a submodule: jobs have its commit');
      writeFiles(linked, { 'large.bin': 'as linked\n' });
      // As a hook of git would call it.
      const env = {
        GIT_DIR: join(folder, '.git'),
        GIT_INDEX_FILE: join(folder, '.git/index'),
        GIT_WORK_TREE: folder,
      };
      const second = await runLocally(linked, [], env);
      expect(second.code, second.stdout).toBe(0);
      expect(second.stdout).toContain('look | as linked\n');
      expect(second.stdout).toContain('look | other\n');
    },
    TIME,
  );

  test(
    'compares a merge request with where its branch has parted from the default one, and its jobs are of no branch',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml': `
mine: ${onChange('mine')}
other: ${onChange('other')}
look: {script: ['echo "branch=$CI_COMMIT_BRANCH of $CI_COMMIT_REF_NAME"'], rules: [{when: on_success}]}
`,
      });
      await git(folder, 'switch', '--quiet', '--create', 'topic');
      writeFiles(folder, { mine: 'x' });
      await git(folder, 'add', 'mine');
      await git(folder, 'commit', '--quiet', '--message', 'Mine');
      await git(folder, 'update-ref', 'refs/remotes/origin/topic', 'HEAD');
      await git(folder, 'update-ref', 'refs/remotes/origin/main', 'main');
      const args = ['--event', 'merge_request_event'];
      const { stdout } = await runLocally(folder, args);
      expect(stdout).toContain('look | branch= of topic\n');
      expect(stdout).toContain('mine: success');
      expect(stdout).not.toContain('other');
      const linted = await lintLocally(folder, ['--explain', ...args]);
      expect(linted.stdout).toMatch(/^in +mine /m);
      expect(linted.stdout).toMatch(/^out +other /m);
    },
    TIME,
  );

  test(
    'runs a child of a merge request, and one below that, as one of it; and others as of their branch, whatever they are given',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml': `
down: {trigger: {include: child.yml, strategy: depend}, rules: [{when: on_success}]}
given:
  trigger: {include: given.yml, strategy: depend, forward: {pipeline_variables: true}}
  rules: [{if: $CI_MERGE_REQUEST_IID == "7"}]
`,
        'child.yml': `
plain: {script: [echo]}
mine: ${onChange('mine')}
other: ${onChange('other')}
deeper: {trigger: {include: deeper.yml, strategy: depend}, rules: [{if: $CI_MERGE_REQUEST_IID}]}
`,
        'deeper.yml': `
look:
  script: ['echo "of <$CI_COMMIT_BRANCH> into $CI_MERGE_REQUEST_TARGET_BRANCH_NAME by $CI_PIPELINE_SOURCE"']
  rules: [{if: $CI_MERGE_REQUEST_SOURCE_BRANCH_NAME == "topic" && $CI_COMMIT_BRANCH == null}]
`,
        'given.yml': `branch: {script: ['echo "of <$CI_COMMIT_BRANCH>"']}`,
      });
      await git(folder, 'switch', '--quiet', '--create', 'topic');
      writeFiles(folder, { mine: 'x' });
      await git(folder, 'add', 'mine');
      await git(folder, 'commit', '--quiet', '--message', 'Mine');
      await git(folder, 'update-ref', 'refs/remotes/origin/main', 'main');
      const finished = async (...args: string[]) => {
        const { stdout, code } = await runLocally(folder, args);
        expect(code, stdout).toBe(0);
        const jobs = [...stdout.matchAll(/^([^|:]+): success/gm)].map(([, name]) => name);
        return { stdout, jobs: jobs.toSorted() };
      };
      const merged = await finished('--event', 'merge_request_event');
      expect(merged.stdout).toContain('look | of <> into main by parent_pipeline\n');
      expect(merged.jobs).toEqual(['down', 'down › deeper', 'down › deeper › look', 'down › mine']);
      const pushed = await finished('--var', 'CI_MERGE_REQUEST_IID=7');
      expect(pushed.stdout).toContain('branch | of <topic>\n');
      expect(pushed.jobs).toEqual(expect.arrayContaining(['down › plain', 'given › branch']));
      expect(pushed.stdout).not.toContain('deeper');
    },
    TIME,
  );

  test(
    'runs a clone that has not all of its history: its files, and where they are missing no history',
    async () => {
      const origin = await workTree({ '.gitlab-ci.yml': 'a: {script: [cat now, git log --oneline]}\n' });
      for (const now of ['first', 'second']) {
        writeFiles(origin, { now });
        await git(origin, 'add', '--all');
        await git(origin, 'commit', '--quiet', '--message', now);
      }
      await git(origin, 'config', 'uploadpack.allowFilter', 'true');
      const folder = join(temporaryFolder(), 'clone');
      await git(origin, 'clone', '--quiet', '--filter=blob:none', `file://${origin}`, folder);
      const { code, stdout } = await runLocally(folder);
      expect(stdout).toMatch(/^a \| second/m);
      expect(code).toBe(0);
      writeFiles(folder, { now: 'third' });
      const changed = await runLocally(folder);
      expect(changed.stdout).toMatch(/^a \| third/m);
      expect(changed.code).toBe(0);
    },
    TIME,
  );

  test(
    'refuses what git does not take for a work tree, in its words',
    async () => {
      const folder = await workTree({ '.gitlab-ci.yml': 'a: {script: [exit 1]}\n' });
      for (const where of [join(folder, '.git'), folder]) {
        const { code, stderr, stdout } = await runLocally(where);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        expect(stderr).toContain(`jobyard: ${where} is no work tree for git: fatal: `);
        writeFiles(folder, { '.git/config': '[core' });
      }
    },
    TIME,
  );
});
