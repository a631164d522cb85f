import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, seriousProblems, visit } from './support/browser.ts';

const PASSWORD = 'a password of ada';
const HOSTILE = '</title><img src=x onerror="document.title=\'evil\'"><script>document.title="evil"</script>';

describeInBrowser('projects and groups', () => {
  let server: TestServer;
  let guestId: number;
  beforeAll(async () => {
    server = await bootServer();
    const group = await made('/groups', { name: 'Tools', path: 'tools', description: 'For all of us' });
    await made('/groups', { name: 'Inner', path: 'inner', parent_id: group.id });
    const hammer = await made('/projects', { name: 'Hammer', namespace_id: group.id, description: HOSTILE });
    await made('/projects', { name: 'Saw', visibility: 'public' });
    const old = await made('/projects', { name: 'Worn out', namespace_id: group.id });
    await made(`/projects/${old.id}/archive`, {});
    await made(`/projects/${hammer.id}/repository/commits`, {
      branch: 'main',
      commit_message: 'First',
      actions: [{ action: 'create', file_path: '.gitlab-ci.yml', content: 'unit:\n  script: echo done\n' }],
    });
    const body = { username: 'guest', email: 'guest@example.org', name: 'Guest', password: PASSWORD };
    guestId = (await made('/users', body)).id;
    await made(`/projects/${hammer.id}/members`, { user_id: guestId, access_level: 10 });
  });
  async function made(path: string, body: object): Promise<{ id: number }> {
    const reply = await server.api<{ id: number }>('POST', path, { body });
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    return reply.body;
  }
  const asGuest = async () => visit(server, { as: { login: 'guest', password: PASSWORD } });

  test('are searched as one types, and what was typed stands in the address', async () => {
    const page = await visit(server);
    await page.goto('/');
    await page.getByRole('link', { name: /Saw/ }).waitFor();
    await page.getByRole('searchbox', { name: 'Search projects' }).pressSequentially('hamm');
    await page.getByRole('link', { name: /Saw/ }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?search=hamm');
    await page.reload();
    await page.getByRole('link', { name: /Hammer/ }).waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('hamm');
    expect(await page.getByRole('link', { name: /Saw/ }).count()).toBe(0);
    await page.getByRole('searchbox').fill('no such thing');
    await page.getByText('No project fits').waitFor();
    await page.getByRole('link', { name: 'Show all projects' }).click();
    await page.getByRole('link', { name: /Saw/ }).waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
  });

  test('show how their newest pipeline stands, and those that are archived aside', async () => {
    const page = await visit(server);
    await page.goto('/');
    await page.getByRole('link', { name: /^Pipeline #\d+: Pending$/ }).waitFor();
    expect(await page.getByRole('link', { name: /Worn out/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Archived' }).click();
    await page.getByRole('link', { name: /Worn out/ }).waitFor();
    expect(await page.getByRole('link', { name: /Saw/ }).count()).toBe(0);
  });

  test('a description is text, whatever stands in it', async () => {
    const page = await visit(server);
    await page.goto('/tools/hammer');
    await page.getByText(HOSTILE).waitFor();
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(await page.title()).not.toContain('evil');
  });

  test('a project is made with a path that follows its name, and what is wrong stands at its field', async () => {
    const page = await visit(server);
    await page.goto('/projects/new?namespace=tools');
    const path = page.getByLabel('Path');
    await page.getByLabel('Name').fill('Hammer');
    expect(await path.inputValue()).toBe('hammer');
    await page.getByRole('button', { name: 'Create project' }).click();
    await page.getByText('Path has already been taken.').waitFor();
    expect(await path.getAttribute('aria-invalid')).toBe('true');
    expect(await seriousProblems(page)).toEqual([]);
    await page.getByLabel('Name').fill('Größer Hammer!');
    expect(await path.inputValue()).toBe('gro-er-hammer');
    await path.fill('bigger');
    await page.getByLabel('Visibility').selectOption('public');
    await page.getByRole('button', { name: 'Create project' }).click();
    await page.getByText('Path has already been taken.').waitFor({ state: 'detached' });
    await page.getByText('Visibility public is not allowed in a private group.').waitFor();
    await page.getByLabel('Name').fill('Größerer Hammer');
    await page.getByLabel('Visibility').selectOption('private');
    await page.getByRole('button', { name: 'Create project' }).click();
    await page.waitForURL('**/tools/bigger');
    await page.getByRole('heading', { name: 'Größerer Hammer' }).waitFor();
    const { body } = await server.api<{ name: string }>('GET', '/projects/tools%2Fbigger');
    expect(body.name).toBe('Größerer Hammer');
  });

  test('a group shows what is in it, and gets a subgroup', async () => {
    const page = await visit(server);
    await page.goto('/dashboard/groups');
    const row = page.getByRole('row', { name: /Tools/ });
    await row.getByText('1 subgroup').waitFor();
    await row.getByRole('link', { name: 'Tools' }).click();
    await page.getByRole('link', { name: 'Tools / Inner' }).waitFor();
    await page
      .getByRole('link', { name: /Hammer/ })
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'New subgroup' }).click();
    await page.getByLabel('Name').fill('Drills');
    await page.getByRole('button', { name: 'Create subgroup' }).click();
    await page.waitForURL('**/groups/tools/drills');
    await page.getByRole('heading', { name: 'Tools / Drills' }).waitFor();
  });

  test('a group that somebody makes, renames or deletes is seen by all who look, without a reload', async () => {
    const { id } = await made('/groups', { name: 'Shared', path: 'shared' });
    await made(`/groups/${id}/members`, { user_id: guestId, access_level: 10 });
    const [page, other, list] = [await visit(server), await asGuest(), await asGuest()];
    await other.goto('/groups/shared');
    await other.getByText('No projects here yet').waitFor();
    await list.goto('/dashboard/groups');
    const row = list.getByRole('row', { name: /Shared/ });
    await row.getByText('0 subgroups').waitFor();
    await page.goto('/groups/new?parent=shared');
    await page.getByLabel('Name').fill('Within');
    await page.getByRole('button', { name: 'Create subgroup' }).click();
    await page.getByRole('heading', { name: 'Shared / Within' }).waitFor();
    await other.getByRole('link', { name: 'Shared / Within' }).waitFor();
    await row.getByText('1 subgroup', { exact: true }).waitFor();
    const change = { body: { name: 'Common' } };
    expect((await server.api('PUT', `/groups/${id}`, change)).status).toBe(200);
    await page.getByRole('heading', { name: 'Common / Within' }).waitFor();
    await other.getByRole('heading', { name: 'Common' }).waitFor();
    await other.getByRole('link', { name: 'Common / Within' }).waitFor();
    await list.getByRole('row', { name: /Common/ }).waitFor();
    expect((await server.api('DELETE', `/groups/${id}`)).status).toBe(202);
    for (const each of [page, other]) await each.getByText('Nothing is here').waitFor();
    await list.getByRole('row', { name: /Common/ }).waitFor({ state: 'detached' });
  });

  test('a person has a page too, since projects lie in their namespace', async () => {
    await made('/projects', { name: 'Of root alone' });
    const page = await visit(server);
    await page.goto('/groups/root');
    await page.getByRole('link', { name: /Of root alone/ }).waitFor();
    await page.goto('/groups/nobody-of-that-name');
    await page.getByText('Nothing is here').waitFor();
  });

  test('a guest is offered nothing that a guest may not do', async () => {
    const page = await asGuest();
    await page.goto('/tools/hammer');
    await page.getByText('The code is not shown to you').waitFor();
    for (const name of ['Run pipeline', 'Clone', 'Add an example pipeline'])
      expect(
        await page.getByRole('button', { name }).or(page.getByRole('link', { name })).count(),
        name,
      ).toBe(0);
    for (const name of ['Files', 'Commits', 'Branches', 'Variables'])
      expect(await page.getByRole('navigation').getByRole('link', { name, exact: true }).count(), name).toBe(
        0,
      );
    await page.goto('/groups/tools');
    await page.getByText('Nothing is here').waitFor();
  });

  test('whoever has not signed in sees what is public, and no button', async () => {
    const page = await visit(server, { as: null });
    await page.goto('/');
    await page.getByRole('link', { name: /Saw/ }).waitFor();
    expect(await page.getByRole('link', { name: /Hammer$/ }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'New project' }).count()).toBe(0);
    await page.goto('/root/saw');
    await page.getByText('Nothing was pushed yet').waitFor();
    expect(await page.getByRole('button', { name: 'Create an access token' }).count()).toBe(0);
  });
});
