import { expect, test } from 'vitest';
import { latestVersion } from './component-version.ts';

const TAGS = ['1.0.0', 'v1.2.3', '1.10.0', '1.10.0-rc.1', '2.0', '10.0.0', 'release', '2.3.4+build', '1.9.9'];

test.each([
  { wanted: [], latest: '10.0.0' },
  { wanted: [1], latest: '1.10.0' },
  { wanted: [1, 2], latest: 'v1.2.3' },
  { wanted: [1, 9], latest: '1.9.9' },
  { wanted: [2], latest: undefined },
  { wanted: [0], latest: undefined },
])('of the versions that begin with $wanted $latest is the latest', ({ wanted, latest }) => {
  expect(latestVersion(TAGS, wanted)).toBe(latest);
});
