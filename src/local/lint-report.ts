import type { Explanation } from '../ci/explanation.ts';
import type { LintResult } from '../ci/lint.ts';
import { onlyPlace, type Problem } from '../ci/problem.ts';

/** What `jobyard lint` has found. */
export interface LintReport extends LintResult {
  /** Errors first. */
  problems: FoundProblem[];
  /** Includes that were not read. */
  unread: number;
}

export type FoundProblem = Problem & { severity: 'error' | 'warning' };

/** What may be missing only because it stands in a file that was not read. */
const UNCERTAIN: ReadonlySet<Problem['code']> = new Set<Problem['code']>([
  'extends',
  'reference',
  'inputs',
  'logic',
  'needs',
  'empty',
]);
const WITHOUT_A_BASE = /should implement the script:|should contain at least one visible job/;

/** Where includes were not read, what may stand in them is not said to be missing: such errors become warnings. */
export function lintReport(result: LintResult): LintReport {
  const unread = result.warnings.filter(({ code }) => code === 'unread').length;
  const isUncertain = ({ code, message }: Problem) =>
    unread > 0 && (UNCERTAIN.has(code) || WITHOUT_A_BASE.test(message));
  const errors = result.errors.filter((error) => !isUncertain(error));
  const warnings = [
    ...result.warnings.map((each) => (each.code === 'extends' ? doubt(each) : each)),
    ...result.errors.filter(isUncertain).map(doubt),
  ];
  return {
    ...result,
    valid: errors.length === 0,
    errors,
    warnings,
    unread,
    problems: [
      ...errors.map((each) => ({ ...each, severity: 'error' as const })),
      ...warnings.map((each) => ({ ...each, severity: 'warning' as const })),
    ],
  };
}

const doubt = (found: Problem): Problem => ({
  ...found,
  message: `${found.message} (perhaps since an include was not read)`,
});

/** As the API answers, and the places of what was found. */
export function reportJson(report: LintReport, explanation: Explanation | null): string {
  const { valid, errors, warnings, merged_yaml, includes, jobs, problems } = report;
  const reply = {
    valid,
    errors: errors.map(({ message }) => message),
    warnings: warnings.map(({ message }) => message),
    merged_yaml,
    includes,
    jobs,
    problems: problems.map(({ severity, message, ...found }) => ({
      severity,
      message,
      ...onlyPlace(found),
    })),
    ...(explanation && { explanation }),
  };
  return `${JSON.stringify(reply, null, 2)}\n`;
}
