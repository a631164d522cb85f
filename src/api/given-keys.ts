import { invalidRecord } from '../errors.ts';
import { keyProblems } from '../variables/variable-problems.ts';

type Given = readonly { key: string }[];

const firstProblem = (given: Given) => given.flatMap(({ key }) => keyProblems(key))[0];

/** @throws 400 where a variable that a pipeline is given cannot have this key */
export function checkPipelineKeys(given: Given): void {
  const problem = firstProblem(given);
  if (problem !== undefined)
    throw invalidRecord({
      base: [`Failed to persist the pipeline: Validation failed: Variables key ${problem}`],
    });
}

/** @throws 400 where a variable that a run of a job is given cannot have this key */
export function checkJobKeys(given: Given): void {
  const problem = firstProblem(given);
  if (problem !== undefined) throw invalidRecord({ 'job_variables.key': [problem] });
}
