/** The scans that projects include most: which jobs they bring, when, and what a project can change of them. */
import { describe, expect, test } from 'vitest';
import {
  type Begun,
  including,
  jobsOf,
  OF_MERGE_REQUEST,
  pipelineOf,
  reportsOf,
  valueOf,
  WITH_REQUEST,
} from '../support/template-project.ts';

/** All files that some scan looks for. */
const FILES = [
  'src/app.py',
  'lib/mix.exs',
  'a.cls',
  'b.groovy',
  'web/yarn.lock',
  'pom.xml',
  'tools/requirements.txt',
];

interface Scan {
  template: string;
  /** In a branch that has all the files. */
  jobs: string[];
  report: Record<string, string>;
  image: string;
  off: string;
}

const PREFIX = '$SECURE_ANALYZERS_PREFIX';
const SCANS: Scan[] = [
  {
    template: 'SAST',
    jobs: ['semgrep-sast', 'spotbugs-sast', 'sobelow-sast', 'pmd-apex-sast'],
    report: { sast: 'gl-sast-report.json' },
    image: '$SAST_ANALYZER_IMAGE',
    off: 'SAST_DISABLED',
  },
  {
    template: 'Secret-Detection',
    jobs: ['secret_detection'],
    report: { secret_detection: 'gl-secret-detection-report.json' },
    image: `${PREFIX}/secrets:$SECRETS_ANALYZER_VERSION$SECRET_DETECTION_IMAGE_SUFFIX`,
    off: 'SECRET_DETECTION_DISABLED',
  },
  {
    template: 'Dependency-Scanning',
    jobs: [
      'gemnasium-dependency_scanning',
      'gemnasium-maven-dependency_scanning',
      'gemnasium-python-dependency_scanning',
    ],
    report: {
      cyclonedx: '**/gl-sbom-*.cdx.json',
      dependency_scanning: 'gl-dependency-scanning-report.json',
    },
    image: '$DS_ANALYZER_IMAGE$DS_IMAGE_SUFFIX',
    off: 'DEPENDENCY_SCANNING_DISABLED',
  },
  {
    template: 'Container-Scanning',
    jobs: ['container_scanning'],
    report: {
      container_scanning: 'gl-container-scanning-report.json',
      cyclonedx: '**/gl-sbom-*.cdx.json',
    },
    image: '$CS_ANALYZER_IMAGE$CS_IMAGE_SUFFIX',
    off: 'CONTAINER_SCANNING_DISABLED',
  },
  {
    template: 'SAST-IaC',
    jobs: ['kics-iac-sast'],
    report: { sast: 'gl-sast-report.json' },
    image: '$SAST_ANALYZER_IMAGE',
    off: 'SAST_DISABLED',
  },
];

/** The jobs that the template brings into the pipeline of a project that has all these files. */
const scansOf = async (template: string, begun: Begun = {}, more = '') =>
  await jobsOf(including(template, more), { files: FILES, ...begun });

describe.each(SCANS)('$template', ({ template, jobs, report, image, off }) => {
  const stable = `Jobs/${template}`;
  const latest = `Jobs/${template}.latest`;

  test('scans branches, in the stage test, may fail, and leaves a report', async () => {
    const { names, job } = await pipelineOf(`include: {template: ${stable}.gitlab-ci.yml}`, { files: FILES });
    expect(names).toEqual(jobs);
    for (const name of names) {
      expect(job(name)).toMatchObject({ stage: 'test', allow_failure: true, when: 'on_success' });
      expect(job(name).image?.name).toBe(image);
      expect(reportsOf(job(name))).toEqual(report);
    }
  });

  test('is there below Security, and without a folder', async () => {
    expect(await scansOf(`Security/${template}`)).toEqual(jobs);
    expect(await scansOf(template)).toEqual(jobs);
  });

  test('scans no tags, and merge requests only where it is told to', async () => {
    expect(await scansOf(stable, { ref: 'v1', tag: true })).toEqual([]);
    expect(await scansOf(stable, OF_MERGE_REQUEST)).toEqual([]);
    const told = 'variables: {AST_ENABLE_MR_PIPELINES: "true"}';
    expect(await scansOf(stable, OF_MERGE_REQUEST, told)).toEqual(jobs);
    expect(await scansOf(stable, { ref: 'topic' }, told)).toEqual(jobs);
    expect(await scansOf(stable, WITH_REQUEST)).toEqual(jobs);
    expect(await scansOf(stable, WITH_REQUEST, told)).toEqual([]);
  });

  test('in its latest edition scans merge requests, where it is not told otherwise', async () => {
    expect(await scansOf(latest, OF_MERGE_REQUEST)).toEqual(jobs);
    expect(await scansOf(latest)).toEqual(jobs);
    const told = 'variables: {AST_ENABLE_MR_PIPELINES: "false"}';
    expect(await scansOf(latest, OF_MERGE_REQUEST, told)).toEqual([]);
  });

  test.each(['true', '1'])('stays out where its switch is %s', async (value) => {
    expect(await scansOf(stable, { variables: { [off]: value } })).toEqual([]);
    expect(await scansOf(stable, {}, `variables: {${off}: "${value}"}`)).toEqual([]);
    expect(await scansOf(stable, { variables: { [off]: 'false' } })).toEqual(jobs);
  });

  test('can be changed: a job, and a variable of all', async () => {
    const [first = ''] = jobs;
    const { problems, stages, job } = await pipelineOf(
      `include: {template: ${stable}.gitlab-ci.yml}
stages: [build, test, scan]
variables: {SECURE_ANALYZERS_PREFIX: registry.example.test/scans}
own: {script: make, stage: build}
${first}: {stage: scan, allow_failure: false, tags: [scanner], variables: {SECURE_LOG_LEVEL: debug}}
`,
      { files: FILES.slice(0, 1).concat('web/yarn.lock') },
    );
    expect([problems, stages]).toEqual([[], ['.pre', 'build', 'test', 'scan', '.post']]);
    const changed = job(first);
    expect(changed).toMatchObject({ stage: 'scan', allow_failure: false, tag_list: ['scanner'] });
    expect([valueOf(changed, 'SECURE_LOG_LEVEL'), changed.image?.name]).toEqual(['debug', image]);
  });
});

const sast = async (file: string) => await scansOf('Jobs/SAST', { files: [file] });
const dependencies = async (file: string) => await scansOf('Jobs/Dependency-Scanning', { files: [file] });
const without = async (template: string, variable: string, names: string) =>
  await scansOf(template, {}, `variables: {${variable}: "${names}"}`);

describe('an analyzer', () => {
  test('comes in with files that it knows, wherever they lie', async () => {
    expect(await sast('README.md')).toEqual([]);
    for (const file of ['a.py', 'src/deep/b.tsx', 'c.c++', 'x/D.java', 'conf/application-prod.yml'])
      expect(await sast(file)).toEqual(['semgrep-sast']);
    expect(await sast('a.groovy')).toEqual(['spotbugs-sast']);
    expect(await sast('apps/one/mix.exs')).toEqual(['sobelow-sast']);
    expect(await sast('force/A.cls')).toEqual(['pmd-apex-sast']);
    expect(await dependencies('package.json')).toEqual([]);
    expect(await dependencies('a/b/c/package-lock.json')).toEqual(['gemnasium-dependency_scanning']);
    expect(await dependencies('app/build.gradle.kts')).toEqual(['gemnasium-maven-dependency_scanning']);
    expect(await dependencies('uv.lock')).toEqual(['gemnasium-python-dependency_scanning']);
  });

  test('is left out by name, and no other with it', async () => {
    expect(await without('Jobs/SAST', 'SAST_EXCLUDED_ANALYZERS', 'semgrep, sobelow')).toEqual([
      'spotbugs-sast',
      'pmd-apex-sast',
    ]);
    expect(await without('Jobs/Dependency-Scanning', 'DS_EXCLUDED_ANALYZERS', 'gemnasium')).toEqual([
      'gemnasium-maven-dependency_scanning',
      'gemnasium-python-dependency_scanning',
    ]);
    expect(await without('Jobs/SAST-IaC', 'SAST_EXCLUDED_ANALYZERS', 'kics')).toEqual([]);
  });

  test('is asked for where files do not tell', async () => {
    const manifests = 'variables: {SCAN_KUBERNETES_MANIFESTS: "true"}';
    expect(await scansOf('Jobs/SAST', { files: [] }, manifests)).toEqual(['kubesec-sast']);
    const requirements = 'variables: {PIP_REQUIREMENTS_FILE: all.txt}';
    expect(await scansOf('Jobs/Dependency-Scanning', { files: [] }, requirements)).toEqual([
      'gemnasium-python-dependency_scanning',
    ]);
  });

  test('has what is set on the job that never runs', async () => {
    const { job } = await pipelineOf(
      'include: {template: Jobs/SAST.gitlab-ci.yml}\nsast: {tags: [scanner], variables: {SEARCH_MAX_DEPTH: 9}}',
      { files: ['a.groovy'] },
    );
    expect(job('spotbugs-sast').tag_list).toEqual(['scanner']);
    expect(valueOf(job('spotbugs-sast'), 'SEARCH_MAX_DEPTH')).toBe('9');
  });

  test('that is no more can still be changed, and stays out', async () => {
    const old = ['brakeman', 'eslint', 'gosec', 'nodejs-scan', 'gitlab-advanced'].map(
      (name) => `${name}-sast: {tags: [x]}\n`,
    );
    expect(await scansOf('Jobs/SAST', { files: ['a.rb'] }, old.join(''))).toEqual(['semgrep-sast']);
  });
});

test.each([
  ['SAST.latest', 'Secret-Detection'],
  ['Secret-Detection', 'SAST.latest'],
])('%s and then %s both scan merge requests, as one of them is of the latest edition', async (...both) => {
  const config = including(both.map((name) => `Jobs/${name}`));
  const begun = { ...OF_MERGE_REQUEST, files: ['a.js'] };
  expect((await jobsOf(config, begun)).toSorted()).toEqual(['secret_detection', 'semgrep-sast']);
});

test('all scans stand side by side, as most projects include them', async () => {
  const all = ['SAST', 'Secret-Detection', 'Dependency-Scanning', 'Container-Scanning', 'SAST-IaC'];
  const { problems, names } = await pipelineOf(
    `include: [${all.map((name) => `{template: Security/${name}.gitlab-ci.yml}`).join()}]`,
    { files: ['a.js', 'package-lock.json'] },
  );
  expect(problems).toEqual([]);
  expect(names.toSorted()).toEqual([
    'container_scanning',
    'gemnasium-dependency_scanning',
    'kics-iac-sast',
    'secret_detection',
    'semgrep-sast',
  ]);
});
