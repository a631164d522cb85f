/** What the scripts of templates do, with stand-ins for the commands that they call. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runScript } from '../support/run-script.ts';
import { including, pipelineOf } from '../support/template-project.ts';

describe('Flutter', () => {
  const COVERED = 'mkdir -p coverage; printf "LF:8\\nLH:7\\n" > coverage/lcov.info';
  const runTests = async (flutter: string) => {
    const { job } = await pipelineOf(including('Flutter'));
    return runScript(job('test'), {
      flutter: `if [ "$1" = test ]; then ${COVERED}; echo results; ${flutter}; fi`,
      dart: 'if [ "$4" = junitreport:tojunit ]; then cp "$6" "$8"; fi',
    });
  };

  test.each([
    ['passed', 'true', 0],
    ['failed', 'exit 3', 3],
  ])('reports tests that have %s, and ends as they do', async (_, flutter, ended) => {
    const { folder, status, lines } = await runTests(flutter);
    expect(readFileSync(join(folder, 'report.xml'), 'utf8')).toBe('results\n');
    expect([status, lines]).toEqual([ended, ['lines: 87.5%']]);
  });
});
