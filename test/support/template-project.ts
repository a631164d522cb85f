import { compile } from '../../src/ci/compile.ts';
import type { CompileResult, PlannedJob } from '../../src/ci/plan.ts';
import type { Sources, SourceKind } from '../../src/ci/sources.ts';
import { askNobody } from '../../src/ci/sources.ts';
import { variable } from '../../src/ci/variable.ts';
import { readTemplate } from '../../src/pipelines/template-files.ts';
import { predefinedOf } from './predefined-of.ts';

/** How a pipeline of the project is begun. */
export interface Begun {
  files?: string[];
  ref?: string;
  tag?: boolean;
  source?: string;
  variables?: Record<string, string>;
}

export interface TemplatePipeline {
  outcome: CompileResult['outcome'];
  problems: string[];
  /** But those of keywords that this runner does not know. */
  warnings: string[];
  stages: string[];
  /** In their order. */
  names: string[];
  job: (name: string) => PlannedJob;
}

/** The pipeline of a project with these files and this configuration. One without jobs has no stages either. */
export async function pipelineOf(config: string, begun: Begun = {}): Promise<TemplatePipeline> {
  const { files = [], variables = {} } = begun;
  const { plan, problems, outcome, warnings } = await compile({
    fetchFile: async () => config,
    ask: async <Kind extends SourceKind>(kind: Kind, question: Sources[Kind]['question']) =>
      kind === 'template'
        ? ((await readTemplate(
            (question as Sources['template']['question']).name,
          )) as Sources[Kind]['answer'])
        : await askNobody(kind, question),
    lookUp: async ({ kind }) => ({
      paths: kind === 'files' ? files.map((path) => `${path}\0`).join('') : null,
    }),
    predefined: predefinedOf(begun),
    variables: Object.entries(variables).map(([key, value]) => variable(key, value)),
  });
  const jobs = plan?.jobs ?? [];
  return {
    outcome,
    problems: problems.map(({ message }) => message),
    warnings: warnings.filter(({ code }) => code !== 'unsupported').map(({ message }) => message),
    stages: plan?.stages ?? [],
    names: jobs.map(({ name }) => name),
    job: (name) => {
      const found = jobs.find((each) => each.name === name);
      if (!found) throw new Error(`no ${name} among ${jobs.map((each) => each.name).join(', ')}`);
      return found;
    },
  };
}

/** One of a merge request of the branch `topic`. */
export const OF_MERGE_REQUEST: Begun = { source: 'merge_request_event', ref: 'topic' };
/** One of a branch that has a merge request open. */
export const WITH_REQUEST: Begun = { ref: 'topic', variables: { CI_OPEN_MERGE_REQUESTS: 'acme/app!1' } };

/** The reports that a job leaves, by type. */
export const reportsOf = ({ reports }: PlannedJob) =>
  Object.fromEntries(reports.map(({ artifact_type, paths }) => [artifact_type, paths.join()]));

export const valueOf = ({ variables }: PlannedJob, key: string) =>
  variables.find((each) => each.key === key)?.value;

export const scriptOf = ({ steps }: PlannedJob) => steps.flatMap(({ script }) => script).join('\n');

/** The stages that Jobs/Deploy leaves to whoever includes it. */
export const STAGES_OF_DEPLOY = [
  'build',
  'review',
  'staging',
  'canary',
  'production',
  ...[10, 25, 50, 100].map((percent) => `incremental rollout ${percent}%`),
  'cleanup',
];

const OWN = 'own';
/** A job that is always there, beside those of a template. */
const beside = `${OWN}: {script: make, stage: build, rules: [{if: $CI_PIPELINE_SOURCE}]}\n`;

/** A configuration that includes these, with a job that is always there, and more. */
export const including = (names: string | string[], more = '') =>
  `include: [${[names]
    .flat()
    .map((name) => `{template: ${name}.gitlab-ci.yml}`)
    .join()}]\n${beside}${more}`;

/** The jobs that the included templates bring into a pipeline. */
export async function jobsOf(config: string, begun: Begun = {}): Promise<string[]> {
  const { problems, names } = await pipelineOf(config, begun);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return names.filter((name) => name !== OWN);
}
