import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { browserProject } from './support/project.ts';

let server: TestServer;

beforeAll(async () => {
  if (hasBrowser) server = await bootServer();
});

describeInBrowser('a project whose configuration leaves out every job of a push', () => {
  const rules = 'nightly:\n  script: echo\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "schedule"\n';
  const workflow = `workflow:\n  rules:\n    - if: $CI_COMMIT_TAG\n${rules}`;
  test.each([
    ['nightly', rules],
    ['workflow', workflow],
  ])(
    'says so on its page and in place of its pipelines, with the way to the rule: %s',
    async (name, config) => {
      const project = await browserProject(server.api);
      await project.push({ '.gitlab-ci.yml': config });
      expect(await project.call('GET', '/pipelines')).toEqual([]);
      const page = await visit(server);
      for (const address of ['', '/-/pipelines']) {
        await page.goto(`/${project.path}${address}`);
        await page.getByText(/^The last push (to main )?made no pipeline/).waitFor();
        await page
          .getByText(name === 'nightly' ? 'nightly' : /workflow/)
          .first()
          .waitFor();
        await page
          .getByRole('link', { name: /^\.gitlab-ci\.yml:\d+$/ })
          .first()
          .waitFor();
      }
      const lineUnder = (link: string | RegExp) =>
        page
          .getByRole('link', { name: link })
          .first()
          .evaluate((each) => getComputedStyle(each).textDecorationLine);
      expect([await lineUnder('Run pipeline'), await lineUnder(/^\.gitlab-ci\.yml/)]).toEqual([
        'none',
        'underline',
      ]);
      await page
        .getByRole('link', { name: /^\.gitlab-ci\.yml:\d+$/ })
        .first()
        .click();
      await page.waitForURL(/-\/blob\/main\/\.gitlab-ci\.yml#L\d+$/);
      // What is mended makes one, and the page of the project says nothing any more.
      await page.goto(`/${project.path}`);
      await page.getByText('made no pipeline').waitFor();
      await project.push({ '.gitlab-ci.yml': 'always: { script: echo, tags: [nobody] }\n' });
      await page.getByText('made no pipeline').waitFor({ state: 'detached' });
    },
  );

  test('leads to the rule in a file of its own, however that is called, and names those elsewhere', async () => {
    const far = await browserProject(server.api, { 'shared.yml': rules.replace('nightly', 'far') });
    const project = await browserProject(server.api);
    const own = 'ci/über+c.yml';
    const include = [
      { local: own },
      { project: far.path, file: 'shared.yml' },
      { template: 'Jobs/SAST.gitlab-ci.yml' },
    ];
    await project.push({ [own]: rules, '.gitlab-ci.yml': JSON.stringify({ include }) });
    const page = await visit(server);
    await page.goto(`/${project.path}`);
    await page.getByText(`${far.path}:shared.yml:4`).waitFor();
    await page
      .getByText(/^template:Jobs\/[\w-]+\.gitlab-ci\.yml:\d+$/)
      .first()
      .waitFor();
    expect(await page.getByRole('link', { name: /\.yml:\d+$/ }).allTextContents()).toEqual([`${own}:4`]);
    await page.getByRole('link', { name: `${own}:4` }).click();
    await page.getByText('$CI_PIPELINE_SOURCE').waitFor();
  });
});
