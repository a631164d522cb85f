import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { npmStart } from '../support/npm-start.ts';
import { describeInBrowser, visit } from './support/browser.ts';
import { graph, node, sign } from './support/graph.ts';
import { browserProject } from './support/project.ts';

/** Nobody takes its jobs: nothing changes but by what the test does. */
const CONFIG = 'unit: { script: "true", tags: [nobody] }\nlint: { script: "true", tags: [nobody] }\n';
const FLAGS = ['--runner', 'off'];

describeInBrowser('a server that is killed', () => {
  test('is missed by a page that is open, which comes back by itself and shows what has changed', async () => {
    const first = await npmStart({ flags: FLAGS });
    const { data, url } = first;
    const project = await browserProject(first.api, { '.gitlab-ci.yml': CONFIG });
    const [pipeline] = await project.call<{ id: number }[]>('GET', '/pipelines');
    const jobs = await project.call<{ id: number; name: string }[]>('GET', '/jobs');
    const lint = jobs.find(({ name }) => name === 'lint');
    const rootPassword = readFileSync(join(data, 'root-password'), 'utf8').trim();
    const page = await visit({ url, rootPassword });
    await page.goto(`/${project.path}/-/pipelines/${pipeline?.id}`);
    for (const name of ['unit', 'lint']) await node(page, name, 'Pending').waitFor();

    await first.kill9();
    await sign(page, 'No answer').waitFor();
    expect(await graph(page).locator('[data-place]').count()).toBe(2);

    // The same data at another address, where the page does not look.
    const elsewhere = await npmStart({ data, flags: FLAGS });
    const canceled = await elsewhere.api('POST', `/projects/${project.id}/jobs/${lint?.id}/cancel`);
    expect(canceled.status).toBe(201);
    await elsewhere.kill9();
    await node(page, 'lint', 'Pending').waitFor();

    const again = await npmStart({ data, flags: [...FLAGS, '--port', new URL(url).port] });
    expect(again.url).toBe(url);
    await node(page, 'lint', 'Canceled').waitFor();
    await sign(page, 'No answer').waitFor({ state: 'detached' });
    await sign(page, 'Not live').waitFor({ state: 'detached' });
    await again.api('POST', `/projects/${project.id}/jobs/${lint?.id}/retry`);
    await node(page, 'lint', 'Pending').waitFor();
    await again.stop();
  });
});
