import { describe, expect, test } from 'vitest';
import type { TriggerInclude } from '../../src/ci/plan.ts';
import { variable } from '../../src/ci/variable.ts';
import { bridgeScene, bridgeViews } from '../support/bridges.ts';
import { ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { fileHost } from '../support/file-host.ts';
import { personWith, refusal } from '../support/job-scenes.ts';
import { bridge } from '../support/pipelines.ts';
import { base, includesHouse, oneJob as job } from '../support/includes-house.ts';

const denied = (path: string) =>
  base(
    `Project \`${path}\` not found or access denied! Make sure any includes in the pipeline configuration are correctly defined.`,
  );

const host = await fileHost((_request, response) => response.end(job('remote')));

describe.each(databases)('includes on %s', async (kind) => {
  const { house, api, start, jobsOf, including, refused } = await includesHouse(kind);

  describe('of another project', () => {
    test('are read at its default branch, a branch, a tag and a commit', async () => {
      const shared = await ciProject(house);
      const first = await shared.commitFile('ci/a.yml', job('first'));
      await shared.tag('v1', first);
      await shared.commit(null, 'old');
      await shared.commitFile('ci/a.yml', job('newest'));
      const jobs = async (ref: string) =>
        jobsOf(await including(`include: {project: ${shared.path}, file: /ci/a.yml${ref}}\n`));
      expect(await jobs('')).toEqual(['newest']);
      for (const ref of ['v1', 'old', first]) expect(await jobs(`, ref: ${ref}`)).toEqual(['first']);
    });

    test('find what they include, also by wildcard, at their own commit', async () => {
      const shared = await ciProject(house);
      await shared.commitFile('main.yml', 'include: [/one.yml, "more/*.yml"]\n');
      await shared.commitFile('one.yml', job('theirs'));
      await shared.tag('v1', await shared.commitFile('more/two.yml', job('more')));
      await shared.commitFile('one.yml', job('newest'));
      const project = await ciProject(house);
      await project.commitFile('one.yml', job('own'));
      await project.commit(`include: {project: ${shared.path}, ref: v1, file: main.yml}\n`);
      expect(await jobsOf(project)).toEqual(['more', 'theirs']);
    });

    test('are for those who may read its code', async () => {
      const shared = await ciProject(house);
      await shared.commitFile('a.yml', job('shared'));
      const project = await including(`include: {project: ${shared.path}, file: a.yml}\n`);
      const { token, id } = await personWith(api, 'maintainer', project.id);
      expect(refusal(await start(project, token))).toEqual(denied(shared.path));
      const member = { user_id: id, access_level: 10 };
      await api('POST', `${shared.at}/members`, { body: member });
      expect(refusal(await start(project, token))).toEqual(denied(shared.path));
      await api('PUT', `${shared.at}/members/${id}`, { body: { ...member, access_level: 20 } });
      expect(await jobsOf(project, token)).toEqual(['shared']);
      await api('DELETE', `${shared.at}/members/${id}`);
      expect(refusal(await start(project, token))).toEqual(denied(shared.path));
      await api('PUT', shared.at, { body: { visibility: 'internal' } });
      expect(await jobsOf(project, token)).toEqual(['shared']);
    });

    test('are told apart from what is not there, and an id is no path', async () => {
      const shared = await ciProject(house);
      expect(await refused('{project: no/where, file: a.yml}')).toEqual(denied('no/where'));
      expect(await refused(`{project: "${shared.id}", file: a.yml}`)).toEqual(denied(String(shared.id)));
      expect(await refused(`{project: ${shared.path}, ref: v9, file: a.yml}`)).toEqual(
        base(`Project \`${shared.path}\` reference \`v9\` does not exist!`),
      );
      expect(await refused(`{project: ${shared.path}, file: a.yml}`)).toEqual(
        base(`Project \`${shared.path}\` file \`a.yml\` does not exist!`),
      );
    });
  });

  test('a file that is too large to be read is a mistake of the configuration', async () => {
    const project = await including('include: [large.yml]\n');
    await project.commitFile('large.yml', `# ${'x'.repeat(9 * 1024 * 1024)}\n${job('large')}`);
    expect(refusal(await start(project))).toEqual(base('The provided YAML is too big'));
    await project.commit(`# ${'x'.repeat(9 * 1024 * 1024)}\n${job('large')}`);
    expect(refusal(await start(project))).toEqual(base('The provided YAML is too big'));
  });

  describe('of a child pipeline', () => {
    const { bridgeThat } = bridgeViews(() => api);
    const childOf = async (...include: TriggerInclude[]) => {
      const { project, start: begin } = await bridgeScene(house);
      const made = await bridgeThat(project, await begin(bridge('child', { include })), 'success');
      const list = await api<{ name: string }[]>(
        'GET',
        `${project.at}/pipelines/${made.downstream_pipeline!.id}/jobs`,
      );
      return list.body.map(({ name }) => name).toSorted();
    };

    test('come from wherever includes do, several together', async () => {
      const shared = await ciProject(house);
      await shared.commitFile('templates/lint.yml', job('lint'));
      const component = `${new URL(house.url).host}/${shared.path}/lint@main`;
      expect(
        await childOf({ local: 'child.yml' }, { remote: `${host.url}/shared.yml` }, { component }),
      ).toEqual(['lint', 'remote', 'unit']);
      expect(await childOf({ template: 'Nodejs.gitlab-ci.yml' })).toEqual(['test']);
    });

    test('come when their rules let them in', async () => {
      const rules = [{ if: '$CI_COMMIT_BRANCH == "main"' }];
      const others = [{ if: '$CI_COMMIT_BRANCH != "main"' }];
      expect(
        await childOf(
          { local: 'child.yml', rules },
          { remote: `${host.url}/shared.yml`, cache: '1 hour', rules: others },
        ),
      ).toEqual(['unit']);
    });

    test('have their variables filled in once, by what the child is given', async () => {
      const shared = await ciProject(house);
      for (const name of ['$WORD', 'word']) await shared.commitFile(`${name}.yml`, job(`of ${name}`));
      const variables = [variable('WORD', 'word'), variable('RAW', '$WORD', { raw: true })];
      const { project, start: begin } = await bridgeScene(house);
      const child = async (file: string, forwards = true) => {
        const include = [{ project: shared.path, file }];
        const forward = { yaml_variables: forwards, pipeline_variables: false };
        const id = await begin({ ...bridge('child', { include, forward }), variables });
        const { downstream_pipeline: made } = await bridgeThat(project, id, forwards ? 'success' : 'failed');
        const list = await api<{ name: string }[]>('GET', `${project.at}/pipelines/${made!.id}/jobs`);
        return list.body.map(({ name }) => name);
      };
      expect(await child('$WORD.yml')).toEqual(['of word']);
      expect(await child('$RAW.yml')).toEqual(['of $WORD']);
      // What it is not given it does not know, nor what the job that triggers it is called.
      expect(await child('$WORD.yml', false)).toEqual([]);
      const id = await begin(
        bridge('word', { include: [{ project: shared.path, file: '$CI_JOB_NAME.yml' }] }),
      );
      await bridgeThat(project, id, 'failed');
    });

    test('find what they include in their own project', async () => {
      const shared = await ciProject(house);
      await shared.commitFile('main.yml', 'include: child.yml\n');
      await shared.commitFile('child.yml', job('theirs'));
      expect(await childOf({ project: shared.path, file: 'main.yml' })).toEqual(['theirs']);
    });
  });

  describe('that are components', () => {
    test('come by tag, commit, beginning of a version and the latest one', async () => {
      const parts = await ciProject(house);
      const shas = new Map<string, string>();
      for (const version of ['1.0.0', '1.2.0', '1.10.0', '2.0.0', '3.0.0-rc.1']) {
        const sha = await parts.commitFile('templates/lint.yml', job(`lint-${version}`));
        shas.set(version, sha);
        await parts.tag(version, sha);
      }
      const { host: here } = new URL(house.url);
      const lint = async (version: string) =>
        jobsOf(await including(`include: [{component: "${here}/${parts.path}/lint@${version}"}]\n`));
      expect(await lint('1.2.0')).toEqual(['lint-1.2.0']);
      expect(await lint('1')).toEqual(['lint-1.10.0']);
      expect(await lint('1.2')).toEqual(['lint-1.2.0']);
      expect(await lint('~latest')).toEqual(['lint-2.0.0']);
      expect(await lint('main')).toEqual(['lint-3.0.0-rc.1']);
      expect(await lint(shas.get('1.0.0')!)).toEqual(['lint-1.0.0']);
      const none = await including(`include: [{component: "${here}/${parts.path}/lint@4"}]\n`);
      expect(refusal(await start(none))).toEqual(
        base(`Component '${here}/${parts.path}/lint@4' - content not found`),
      );
    });

    test('say their version where it is one', async () => {
      const parts = await ciProject(house);
      const header = 'spec: {component: [name, version, reference]}\n---\n';
      const sha = await parts.commitFile(
        'templates/lint.yml',
        `${header}${job('$[[ component.name ]] $[[ component.version ]] $[[ component.reference ]]')}`,
      );
      await parts.tag('v2.1.0', sha);
      await parts.tag('stable', sha);
      const { host: here } = new URL(house.url);
      const lint = async (version: string) =>
        jobsOf(await including(`include: [{component: "${here}/${parts.path}/lint@${version}"}]\n`));
      expect(await lint('~latest')).toEqual(['lint v2.1.0 ~latest']);
      expect(await lint('2')).toEqual(['lint v2.1.0 2']);
      expect(await lint('v2.1.0')).toEqual(['lint v2.1.0 v2.1.0']);
      for (const none of ['main', 'stable', sha]) expect(await lint(none)).toEqual([`lint null ${none}`]);
    });

    test('are for those who may read the code of their project', async () => {
      const parts = await ciProject(house);
      await parts.commitFile('templates/lint/template.yml', job('lint'));
      const { host: here } = new URL(house.url);
      const project = await including(`include: [{component: "${here}/${parts.path}/lint@main"}]\n`);
      expect(await jobsOf(project)).toEqual(['lint']);
      const { token } = await personWith(api, 'maintainer', project.id);
      expect(refusal(await start(project, token))).toEqual(
        base(
          `Component '${here}/${parts.path}/lint@main' - project does not exist or you don't have sufficient permissions`,
        ),
      );
    });
  });

  test('templates of the server are there by name', async () => {
    const template = 'Workflows/Branch-Pipelines.gitlab-ci.yml';
    expect(await jobsOf(await including(`include: {template: ${template}}\n${job('own')}`))).toEqual(['own']);
  });

  test('templates of scans bring the jobs that fit the files of the commit, with what the project says of them', async () => {
    const project = await ciProject(house);
    await project.commitFile('src/app.py', 'print()\n');
    await project.commit(
      'include: [{template: Security/SAST.gitlab-ci.yml}, {template: Secret-Detection.gitlab-ci.yml}]\nsemgrep-sast: {tags: [scanner]}\n',
    );
    expect(await jobsOf(project)).toEqual(['secret_detection', 'semgrep-sast']);
    await api('POST', `${project.at}/variables`, { body: { key: 'SAST_DISABLED', value: 'true' } });
    expect(await jobsOf(project)).toEqual(['secret_detection']);
  });
});
