import { describe, expect, test } from 'vitest';
import { graphItems } from './items.ts';
import { drawable } from './jobs-of-tests.ts';

const STAGES = ['build', 'test'];
const NOTHING = new Set<string>();

describe('what is drawn of jobs', () => {
  test('stands by stage, then by name, numbers as numbers', () => {
    const jobs = [
      drawable('unit 10'),
      drawable('unit 9'),
      drawable('compile', { stage: 'build' }),
      drawable('later', { stage: 'unheard of' }),
    ];
    const labels = graphItems(jobs, STAGES, NOTHING).map(({ label }) => label);
    expect(labels).toEqual(['compile', 'unit 9', 'unit 10', 'later']);
  });

  test('folds the jobs of one parallel into one, which needs what each of them needs', () => {
    const jobs = [
      drawable('a', { stage: 'build' }),
      drawable('b', { stage: 'build' }),
      drawable('unit 2/2', { group: 'unit', needs: ['b'] }),
      drawable('unit 1/2', { group: 'unit', needs: ['a'] }),
      drawable('report', { needs: ['unit 1/2', 'unit 2/2'] }),
    ];
    const items = graphItems(jobs, STAGES, NOTHING);
    expect(items.map(({ kind, label }) => [kind, label])).toEqual([
      ['job', 'a'],
      ['job', 'b'],
      ['job', 'report'],
      ['fold', 'unit'],
    ]);
    const [, , report, unit] = items;
    expect(unit?.names).toEqual(['unit 1/2', 'unit 2/2']);
    expect(unit?.needs?.toSorted()).toEqual(['job:a', 'job:b']);
    expect(report?.needs).toEqual([unit?.key]);
  });

  test('unfolds them below their head, each with its own needs', () => {
    const jobs = [
      drawable('a', { stage: 'build' }),
      drawable('unit 1/2', { group: 'unit', needs: ['a'] }),
      drawable('unit 2/2', { group: 'unit', needs: [] }),
    ];
    const folded = graphItems(jobs, STAGES, NOTHING);
    const key = folded.find(({ kind }) => kind === 'fold')?.key ?? '';
    const items = graphItems(jobs, STAGES, new Set([key])).slice(1);
    expect(items.map(({ kind, label, needs, under }) => ({ kind, label, needs, under }))).toEqual([
      { kind: 'head', label: 'unit', needs: ['job:a'], under: null },
      { kind: 'job', label: 'unit 1/2', needs: ['job:a'], under: key },
      { kind: 'job', label: 'unit 2/2', needs: [], under: key },
    ]);
  });

  test('does not fold jobs of one name in two stages, nor one that is alone', () => {
    const jobs = [
      drawable('unit 1/2', { group: 'unit', stage: 'build' }),
      drawable('unit 2/2', { group: 'unit', stage: 'test' }),
    ];
    expect(graphItems(jobs, STAGES, NOTHING).map(({ kind }) => kind)).toEqual(['job', 'job']);
  });

  test('keeps the key of a job that is retried', () => {
    const [first, retried] = [drawable('unit'), drawable('unit')].map(
      (job) => graphItems([job], STAGES, NOTHING)[0]?.key,
    );
    expect(retried).toBe(first);
  });

  test('leaves out needs of jobs that are not there, and draws two of one name once', () => {
    const jobs = [drawable('twice'), drawable('twice'), drawable('unit', { needs: ['gone'] })];
    const items = graphItems(jobs, STAGES, NOTHING);
    expect(items.map(({ label, needs }) => [label, needs])).toEqual([
      ['twice', null],
      ['unit', []],
    ]);
  });
});
