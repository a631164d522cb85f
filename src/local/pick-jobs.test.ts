import { describe, expect, test } from 'vitest';
import { type PickedJob, pickJobs, unknownJobs } from './pick-jobs.ts';

const job = (name: string, stage_idx: number, more: Partial<PickedJob> = {}): PickedJob => ({
  name,
  stage_idx,
  when: 'on_success',
  scheduling_type: more.needs ? 'dag' : 'stage',
  needs: [],
  dependencies: null,
  artifacts: null,
  reports: [],
  ...more,
});
const need = (name: string) => ({ name, artifacts: true, optional: false });
const files = { artifacts: { paths: ['out'] } };

describe('a picked job brings', () => {
  const jobs = [
    job('compile', 1, files),
    job('lint', 1),
    job('pack', 2, { ...files, needs: [need('compile')] }),
    job('unit 1/2', 2),
    job('unit 2/2', 2),
    job('shoot', 2, { ...files, when: 'manual' }),
    job('ship', 3, { needs: [need('pack'), need('gone')] }),
    job('smoke', 3),
    job('alone', 3, { needs: [] }),
    job('choosy', 3, { dependencies: ['compile'] }),
    job('env', 4, { reports: [{ artifact_type: 'dotenv', paths: ['x'] }], dependencies: [] }),
    job('last', 5, { dependencies: ['env', 'lint'] }),
    job('build: [a, b]', 1),
  ];
  const picked = (...wanted: string[]) => [...pickJobs(jobs, wanted)];

  test('what it needs, what that needs, and nothing that is not there', () => {
    expect(picked('ship')).toEqual(['ship', 'pack', 'compile']);
    expect(picked('alone')).toEqual(['alone']);
  });

  test('without needs the jobs of earlier stages that leave artifacts for it, but for manual ones', () => {
    expect(picked('smoke')).toEqual(['smoke', 'compile', 'pack']);
    expect(picked('choosy')).toEqual(['choosy', 'compile']);
    expect(picked('last')).toEqual(['last', 'env']);
  });

  test('itself by the name of all its parallel jobs', () => {
    expect(picked('unit')).toEqual(['unit 1/2', 'unit 2/2', 'compile']);
    expect(picked('unit 2/2')).toEqual(['unit 2/2', 'compile']);
    expect(picked('build')).toEqual(['build: [a, b]']);
    expect(unknownJobs(jobs, ['unit', 'uni', 'build'])).toEqual(['uni']);
  });
});
