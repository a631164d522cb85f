import type { CompileInput, CompileResult } from './plan.ts';
import type { Problem } from './problem.ts';

const MASK = '[MASKED]';

/** The result without the values of masked variables in what it says: whoever sees the pipeline reads that. */
export function maskProblems(
  result: CompileResult,
  { stored = [], variables }: Pick<CompileInput, 'stored' | 'variables'>,
): CompileResult {
  const secrets = [...stored, ...variables].filter(({ masked, value }) => masked && value !== '');
  if (secrets.length === 0 || result.problems.length + result.warnings.length === 0) return result;
  // The longer first: a secret may stand in another.
  const values = secrets.map(({ value }) => value).toSorted((a, b) => b.length - a.length);
  const mask = (text: string) => values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
  const one = (problem: Problem): Problem => ({
    ...problem,
    message: mask(problem.message),
    file: mask(problem.file),
  });
  const warnings = result.warnings.map(one);
  if (result.outcome === 'plan') return { ...result, warnings };
  const [first, ...others] = result.problems;
  return { ...result, problems: [one(first), ...others.map(one)], warnings };
}
