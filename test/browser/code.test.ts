import { beforeAll, expect, test } from 'vitest';
import { commit, gitProject, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, seriousProblems, visit } from './support/browser.ts';

const PASSWORD = 'a password of ada';
/** A picture of one dot. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const EVIL = `<img src=x onerror="document.title='evil'">`;
const README = `# Welcome <script>document.title='evil'</script>

${EVIL}

[script](javascript:document.title='evil') [a page](docs/guide.md#start) [a folder](docs/)
[elsewhere](https://example.org/) [above](../../../other)

![tracker](https://tracker.example/pixel.png) ![dot](docs/dot.png)
`;
const FILES = {
  'README.md': README,
  '.gitlab-ci.yml': 'unit:\n  script: echo done\n',
  'docs/guide.md': '# Guide\n\n## Start\n',
  'docs/dot.png': DOT,
  'src/lines.txt': Array.from({ length: 40 }, (_, index) => `line ${index + 1}`).join('\n'),
  'src/many.txt': Array.from({ length: 30_000 }, (_, index) => `row ${index + 1}`).join('\n'),
  'src/bytes.bin': Buffer.from([0, 1, 2, 255]),
  [`src/${EVIL.replaceAll('/', '')}`]: 'hostile by name\n',
  'src/100%.txt': 'a hundred\n',
  'src/a%41?#b.txt': 'percent, mark and hash\n',
};

describeInBrowser('the code of a project', () => {
  let server: TestServer;
  let project: Awaited<ReturnType<typeof gitProject>>;
  let first: string;
  beforeAll(async () => {
    server = await bootServer();
    project = await gitProject(server);
    const tree = await workTree(project.remote());
    first = await commit(tree, FILES, `Begin ${EVIL}\n\nMore of it: ${EVIL}`);
    await git(tree, 'push', '--quiet', 'origin', 'main');
    await git(tree, 'checkout', '--quiet', '-b', 'feature/deep/er');
    await commit(tree, { 'deep.txt': 'deep\n' }, 'Go deeper');
    await git(tree, 'tag', 'v1/rc');
    await git(tree, 'push', '--quiet', 'origin', 'feature/deep/er', 'v1/rc');
    for (const [username, access_level] of Object.entries({ reporter: 20, developer: 30 })) {
      const body = { username, email: `${username}@example.org`, name: username, password: PASSWORD };
      const user = await server.api<{ id: number }>('POST', '/users', { body });
      await server.api('POST', `${project.at}/members`, { body: { user_id: user.body.id, access_level } });
    }
  });
  const opened = async (path: string, login = 'root') => {
    const password = login === 'root' ? server.rootPassword : PASSWORD;
    const page = await visit(server, { as: { login, password } });
    await page.goto(`/${project.path}${path}`);
    return page;
  };

  test('a README is shown, and nothing in it runs or leads out of the repository', async () => {
    const page = await opened('');
    const readme = page.getByRole('region', { name: 'README.md' });
    await readme.getByRole('heading', { name: 'Welcome' }).waitFor();
    expect(await readme.textContent()).toContain(EVIL);
    expect(await readme.locator('script').count()).toBe(0);
    expect(await readme.getByRole('link', { name: 'script' }).count()).toBe(0);
    expect(await readme.getByRole('link', { name: 'above' }).count()).toBe(0);
    expect(await readme.getByRole('link', { name: 'a page' }).getAttribute('href')).toBe(
      `/${project.path}/-/blob/main/docs/guide.md#start`,
    );
    expect(await readme.getByRole('link', { name: 'tracker' }).getAttribute('href')).toBe(
      'https://tracker.example/pixel.png',
    );
    const dot = readme.getByRole('img', { name: 'dot' });
    await expect.poll(() => dot.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
    expect(await page.title()).not.toContain('evil');
    await readme.getByRole('link', { name: 'a folder' }).click();
    await page.getByRole('link', { name: 'guide.md' }).first().waitFor();
  });

  test('files are found under whatever name they have', async () => {
    const page = await opened('/-/tree/main/src');
    for (const [name, text] of [
      [EVIL.replaceAll('/', ''), 'hostile by name'],
      ['100%.txt', 'a hundred'],
      ['a%41?#b.txt', 'percent, mark and hash'],
    ] as const) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByText(text).waitFor();
      expect(await page.title()).toContain(name);
      await page.reload();
      await page.getByText(text).waitFor();
      await page.goBack();
    }
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(await page.title()).not.toBe('evil');
  });

  test('a commit is found by the name of a branch or tag, too', async () => {
    const page = await opened('/-/commit/main');
    await page.locator('code', { hasText: first }).waitFor();
    await expect.poll(() => page.title()).toContain(first.slice(0, 8));
    await page.goto(`/${project.path}/-/commit/feature/deep/er`);
    await page.getByRole('heading', { name: 'Go deeper' }).waitFor();
    await page.goto(`/${project.path}/-/commit/nowhere`);
    await page.getByText('There is no commit, branch or tag nowhere here.').waitFor();
  });

  test('a ref with slashes is told from the path behind it', async () => {
    const page = await opened('/-/blob/feature/deep/er/deep.txt');
    await page.getByText('deep', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Branch or tag: feature/deep/er' }).click();
    await page.getByRole('combobox', { name: 'Search: Branch or tag' }).fill('v1');
    await page.getByRole('option', { name: /v1\/rc/ }).click();
    await page.waitForURL('**/-/blob/v1/rc/deep.txt');
    await page.getByRole('button', { name: 'Branch or tag: v1/rc' }).waitFor();
    await page.goto(`/${project.path}/-/tree/${first}`);
    await page.getByRole('link', { name: 'docs' }).waitFor();
    await page.goto(`/${project.path}/-/tree/nowhere`);
    await page.getByText('Nothing is here').waitFor();
  });

  test('a line is linked to, and marked', async () => {
    const page = await opened('/-/blob/main/src/lines.txt#L12-14');
    const line = (number: number) => page.locator(`[data-line="${number}"]`);
    const colour = (number: number) =>
      line(number).evaluate((element) => getComputedStyle(element).backgroundColor);
    await line(13).waitFor();
    expect(await colour(13)).toBe(await colour(14));
    expect(await colour(13)).not.toBe(await colour(15));
    await page.getByRole('link', { name: 'Line 20', exact: true }).click();
    expect(new URL(page.url()).hash).toBe('#L20');
    await expect.poll(() => colour(13)).toBe(await colour(30));
  });

  test('a long file is drawn only where one looks', async () => {
    const page = await opened('/-/blob/main/src/many.txt#L29990');
    await page.getByText('row 29990', { exact: true }).waitFor();
    expect(await page.locator('[data-line]').count()).toBeLessThan(300);
    expect(await seriousProblems(page)).toEqual([]);
  });

  test('what is no text is offered for download', async () => {
    const page = await opened('/-/blob/main/src/bytes.bin');
    await page.getByText('These bytes are for a program to read.').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('bytes.bin');
  });

  test('commits tell how their pipelines went, and their messages are text', async () => {
    const page = await opened('/-/commits/main');
    const title = page.getByRole('link', { name: `Begin ${EVIL}` });
    await title.waitFor();
    await page.getByRole('link', { name: /^Pipeline #\d+: Pending$/ }).waitFor();
    await title.click();
    await page.getByText(`More of it: ${EVIL}`).waitFor();
    await page.getByText('None: it is the first').waitFor();
    await page.getByRole('link', { name: /^Pipeline #\d+$/ }).waitFor();
    await page.getByRole('link', { name: 'feature/deep/er' }).waitFor();
    expect(await page.title()).toContain('Begin <img');
    expect(await seriousProblems(page)).toEqual([]);
  });

  test('a branch is deleted by who may push, after being asked', async () => {
    const gone = { branch: 'short-lived', ref: 'main' };
    await server.api('POST', `${project.at}/repository/branches`, { body: gone });
    const reporter = await opened('/-/branches', 'reporter');
    await reporter.getByRole('link', { name: 'short-lived' }).waitFor();
    expect(await reporter.getByRole('button', { name: /^Delete/ }).count()).toBe(0);

    const page = await opened('/-/branches', 'developer');
    await page.getByRole('link', { name: 'short-lived' }).waitFor();
    expect(await page.getByRole('button', { name: 'Delete main' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Delete short-lived' }).click();
    await page.getByRole('button', { name: 'Keep' }).click();
    expect(await project.tip('short-lived')).toBe(first);
    await page.getByRole('button', { name: 'Delete short-lived' }).click();
    await page.getByRole('button', { name: 'Delete the branch' }).click();
    await page.getByText('The branch short-lived is deleted.').waitFor();
    await page.getByRole('link', { name: 'short-lived' }).waitFor({ state: 'detached' });
    await expect.poll(() => project.tip('short-lived')).toBeNull();
    // The other person's page has heard of it.
    await reporter.getByRole('link', { name: 'short-lived' }).waitFor({ state: 'detached' });
  });
});
