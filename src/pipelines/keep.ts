import { skipped } from '../ci/explanation.ts';
import { askNobody, type Ask } from '../ci/sources.ts';
import { encrypt } from '../variables/encrypt.ts';
import { elsewhere } from './configuration-elsewhere.ts';
import type { PipelineRequest } from './create-pipeline.ts';
import { draftExplanation } from './explanation-draft.ts';
import type { KeptConfiguration } from './kept-configuration.ts';
import type { Kept } from './kept-store.ts';
import type { KeptDraft } from './pipeline-draft.ts';

/**
 * What the pipeline will keep of how it was made; encrypted what it was given, and the configuration in one, which may hold
 * that. `file`: the project's own file; `projects`: the others whose files were read.
 */
export function keep(
  { explanation, configuration: { merged_yaml, ...draft } }: KeptDraft,
  {
    project,
    inputs = {},
    configuration: special,
  }: Pick<PipelineRequest, 'project' | 'inputs' | 'configuration'>,
  file: string,
  projects: ReadonlySet<number>,
  secretKey: Buffer,
): Kept {
  const child = special?.child;
  const own = Object.entries(inputs).map(([name, value]) => ({ name, value, file }));
  const configuration: KeptConfiguration = {
    ...draft,
    file: child || elsewhere(file) ? null : file,
    inputs: child ? child.inputs : own,
    projects: [...projects].filter((id) => id !== project.id),
    accessibilities: [...(child?.accessibilities ?? [])],
  };
  return {
    data: explanation.data,
    full_data: explanation.full && encrypt(secretKey, explanation.full),
    configuration: JSON.stringify(configuration),
    merged_yaml: merged_yaml && encrypt(secretKey, merged_yaml),
  };
}

/** What a pipeline keeps that was skipped for this reason: its configuration was not read. */
export function keepReason(because: string): Kept {
  const { data, full: full_data } = draftExplanation(skipped(because), { holds_values: false });
  return { data, full_data, configuration: null, merged_yaml: null };
}

/** Asks the same, and takes down whose files were asked for. */
export function noting(projects: Set<number>, ask: Ask = askNobody): Ask {
  return async (kind, question) => {
    if ('at' in question) projects.add(question.at.project_id);
    return await ask(kind, question);
  };
}
