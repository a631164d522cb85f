import type { LintResult } from '../ci/lint.ts';
import type { CompileInput } from '../ci/plan.ts';
import type { RunForm } from '../ci/run-form.ts';
import type { Database } from '../db/database.ts';
import type { Repositories } from '../git/repository.ts';
import type { PipelineSettings } from './create-pipeline.ts';
import { type Trial, trialInput } from './trial-input.ts';

export interface LintSettings extends PipelineSettings {
  lint: (input: CompileInput, options: { dry_run: boolean }) => Promise<LintResult>;
  /** Answers the JSON of an Explanation. */
  explain: (input: CompileInput) => Promise<string>;
  runForm: (input: CompileInput) => Promise<RunForm>;
}

export interface LintRequest extends Trial {
  /** Also whether a pipeline would be created now, as if the ref had been pushed. */
  dry_run: boolean;
}

/** What is wrong with a configuration, and what would come of it. Nothing is created. */
export async function lintConfiguration(
  db: Database,
  repositories: Repositories,
  settings: LintSettings,
  { dry_run, ...trial }: LintRequest,
  now: number,
): Promise<LintResult> {
  return await settings.lint(await trialInput(db, repositories, settings, trial, now), { dry_run });
}

/** Why a pipeline would have the jobs that it would have, as the JSON of an Explanation. Nothing is created. */
export async function explainConfiguration(
  db: Database,
  repositories: Repositories,
  settings: LintSettings,
  trial: Trial,
  now: number,
): Promise<string> {
  return await settings.explain(await trialInput(db, repositories, settings, trial, now));
}

/** What a pipeline could be given. Nothing is created. */
export async function runFormOf(
  db: Database,
  repositories: Repositories,
  settings: LintSettings,
  trial: Trial,
  now: number,
): Promise<RunForm> {
  return await settings.runForm(await trialInput(db, repositories, settings, trial, now));
}
