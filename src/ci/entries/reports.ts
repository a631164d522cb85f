import type { ReportSpec } from '../plan.ts';
import { at, isBlank, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, stringsIn } from './checks.ts';
import type { Scope } from './scope.ts';

/** Each is its own type of artifact; `coverage_report` is of the type that it names. */
const TYPES = (
  'junit codequality sast secret_detection dependency_scanning container_scanning dast performance ' +
  'browser_performance load_performance license_scanning metrics lsif dotenv terraform accessibility requirements ' +
  'requirements_v2 coverage_fuzzing api_fuzzing cluster_image_scanning cyclonedx annotations repository_xray sarif scip'
).split(' ');
const COVERAGE_FORMATS = ['cobertura', 'jacoco'];

/** `artifacts:reports`: which files are reports of which type. */
export function readReports(node: YamlMapping, scope: Scope): ReportSpec[] {
  checkKeys(node, scope, [...TYPES, 'coverage_report']);
  const reports: ReportSpec[] = [];
  for (const artifact_type of TYPES) {
    const written = at(node, artifact_type);
    if (!written) continue;
    const paths = isString(written) ? [written.value] : stringsIn(written);
    if (paths) reports.push({ artifact_type, paths });
    else scope.error(artifact_type, 'should be an array of strings or a string', written.position);
  }
  const coverage = at(node, 'coverage_report');
  const report = coverage && !scope.failed ? readCoverage(coverage, scope.child('coverage_report')) : null;
  return report ? [...reports, report] : reports;
}

function readCoverage(node: YamlNode, scope: Scope): ReportSpec | null {
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return null;
  }
  checkKeys(node, scope, ['coverage_format', 'path']);
  const present = (key: string): YamlNode | undefined => {
    const value = at(node, key);
    if (!value || isBlank(value)) scope.error(key, "can't be blank", (value ?? node).position);
    return value;
  };
  const format = present('coverage_format');
  const isKnown = format && isString(format) && COVERAGE_FORMATS.includes(format.value);
  if (!isKnown) {
    const text = `must be one of supported formats: ${COVERAGE_FORMATS.join(', ')}.`;
    scope.error('coverage_format', text, (format ?? node).position);
  }
  const path = present('path');
  if (!(path && isString(path))) scope.error('path', 'should be a string', (path ?? node).position);
  return isKnown && path && isString(path) ? { artifact_type: format.value, paths: [path.value] } : null;
}
