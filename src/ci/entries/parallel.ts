import type { Matrix, Parallel } from '../config.ts';
import { at, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, isInteger, readNumber } from './checks.ts';
import type { Scope } from './scope.ts';

const MOST_JOBS = 200;

/** `parallel`: how many of the job there are, or the variables that tell them apart. Some take only the latter. */
export function readParallel(
  node: YamlNode,
  scope: Scope,
  { number: takesNumber }: { number: boolean },
): Parallel | null {
  if (node.kind === 'scalar' && typeof node.value === 'number') {
    const number = readNumber(node, 'config', scope, { least: 1, most: MOST_JOBS });
    if (!takesNumber) scope.error('config', 'cannot use "parallel: <number>".', node.position);
    return number === null ? null : { number };
  }
  if (node.kind !== 'mapping') {
    scope.plainError(`${scope.path} should be an integer or a hash`, node.position);
    return null;
  }
  checkKeys(node, scope, ['matrix']);
  if (!node.entries.has('matrix')) scope.error('config', 'missing required keys: matrix', node.position);
  const matrix = at(node, 'matrix');
  return scope.failed || !matrix ? null : { matrix: readMatrix(matrix, scope.child('matrix')) };
}

const isMapping = (node: YamlNode): node is YamlMapping => node.kind === 'mapping';

function readMatrix(node: YamlNode, scope: Scope): Matrix {
  if (node.kind !== 'sequence' || !node.items.every(isMapping)) {
    scope.error('config', 'should be an array of hashes', node.position);
    return [];
  }
  const matrix = node.items.map((item) => readAxes(item as YamlMapping, scope.child('variables')));
  if (countOf(matrix) > MOST_JOBS) {
    scope.error('config', `generates too many jobs (maximum is ${MOST_JOBS})`, node.position);
  }
  return matrix;
}

function readAxes(node: YamlMapping, scope: Scope): Map<string, string[]> {
  const axes = new Map<string, string[]>();
  for (const [name, { key, value }] of node.entries) {
    const items = value.kind === 'sequence' ? value.items : [value];
    const isPlain = [key, ...items].every((item) => isString(item) || isInteger(item));
    if (isPlain && items.length > 0 && !(isString(value) && value.value.trim() === '')) {
      axes.set(
        name,
        items.map((item) => (item.kind === 'scalar' ? item.text : '')),
      );
      continue;
    }
    scope.error('config', 'should be a hash of key value pairs, value can be an array', value.position);
    break;
  }
  if (node.entries.size === 0) scope.error('config', 'requires at least 1 items', node.position);
  return axes;
}

/** How many jobs come of it; a map without keys makes none. */
function countOf(matrix: Matrix): number {
  let sum = 0;
  for (const axes of matrix) {
    sum += [...axes.values()].reduce((product, values) => product * values.length, 1);
  }
  return sum;
}
