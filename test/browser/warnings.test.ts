import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { browserProject } from './support/project.ts';

let server: TestServer;

beforeAll(async () => {
  if (hasBrowser) server = await bootServer({ config: { runner: true } });
});

describeInBrowser('a pipeline that has passed with warnings', () => {
  test('is called that wherever it is listed, as on its own page', async () => {
    const project = await browserProject(server.api, {
      '.gitlab-ci.yml': 'lint: { script: "false", allow_failure: true }\nunit: { script: "true" }\n',
    });
    const [newest] = await project.call<{ id: number; sha: string }[]>('GET', '/pipelines');
    const page = await visit(server);
    const at = (path: string) => page.goto(`/${project.path}${path}`);
    await at(`/-/pipelines/${newest?.id}`);
    await page.getByRole('main').getByText('Passed with warnings').waitFor();
    await at('/-/pipelines');
    await page.locator('tr[data-pipeline]').getByText('Passed with warnings').waitFor();
    const link = page.getByRole('link', { name: `Pipeline #${newest?.id}: Passed with warnings` });
    for (const path of ['', '/-/branches', '/-/commits/main', `/-/commit/${newest?.sha}`, '/-/tree/main']) {
      await at(path);
      await link.first().waitFor();
      expect(await page.getByText('Passed', { exact: true }).count()).toBe(0);
    }
    await page.goto('/');
    await link.waitFor();
  });
});
