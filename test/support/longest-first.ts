import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Of few lines each, but they take a minute: begun last, they would be waited for with all other workers idle. */
const LONG = [
  'test/browser/pages.test.ts',
  'test/journeys/clock-jumps.test.ts',
  'bench/bench.test.ts',
  'test/journeys/any-input.test.ts',
  'test/journeys/kill-under-load.test.ts',
];

const isLong = ({ moduleId }: TestSpecification) => LONG.some((name) => moduleId.endsWith(name));

/** Vitest's order, which where no run has been yet is that of the size of the files, but for those that it misjudges. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [long, others] = [files.filter(isLong), files.filter((file) => !isLong(file))];
    const inOrder = super.sort.bind(this);
    return [...(await inOrder(long)), ...(await inOrder(others))];
  }
}
