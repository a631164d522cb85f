import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { FORBIDDEN, jobIn, NO_RECORD, personWith, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { until } from '../support/until.ts';

interface TraceIndex {
  size: number;
  lines: number;
  live: boolean;
  block_size: number;
  generation: number;
  first_block: number;
  line_feeds: number[];
  sections: { name: string; start_line: number; end_line: number | null }[];
  sections_cut: boolean;
}

const start = (name: string, time = 10) => `section_start:${time}:${name}\r\x1b[0K${name}!\n`;
const end = (name: string, time = 20) => `section_end:${time}:${name}\r\x1b[0K\n`;

describe.each(databases)('the index of a log, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  const indexOf = async (at: string, query = '') =>
    (await house.api<TraceIndex>('GET', `${at}/trace/index${query}`)).body;

  test.each(['running', 'success'] as const)(
    'tells lines and sections, while the job is %s',
    async (status) => {
      const log = `a\n${start('build')}b\n${end('build')}c`;
      const { at } = await jobIn(house, status, { log });
      const found = await until('the log is as the job', async () => {
        const index = await indexOf(at);
        return index.live === (status === 'running') ? index : undefined;
      });
      expect(found).toEqual({
        size: log.length,
        lines: 5,
        live: status === 'running',
        block_size: 262_144,
        generation: 0,
        first_block: 0,
        line_feeds: [0],
        sections: [
          {
            name: 'build',
            header: 'build!',
            collapsed: false,
            level: 0,
            start_line: 2,
            end_line: 4,
            started_at: '1970-01-01T00:00:10.000Z',
            finished_at: '1970-01-01T00:00:20.000Z',
          },
        ],
        sections_cut: false,
      });
    },
  );

  test('of a large log finds any line by one block, while it grows and when it is sealed', async () => {
    const { at, runner, payload } = await jobIn(house, 'running');
    const first = Buffer.from(`${start('build')}${'0123456\n'.repeat(40_000)}`);
    await runner.patch(payload!, first);
    const live = await indexOf(at);
    expect(live).toMatchObject({ size: first.length, lines: 40_001, live: true });
    expect(live.sections).toMatchObject([{ name: 'build', start_line: 1, end_line: null }]);
    const rest = Buffer.from(`${end('build')}${start('last')}${'0123456\n'.repeat(40_000)}`);
    await runner.patch(payload!, rest, first.length);
    const whole = Buffer.concat([first, rest]);
    const lines = whole.toString().split('\n');
    const later = await indexOf(at, `?first_block=${live.line_feeds.length - 1}`);
    expect(later.first_block).toBe(1);
    expect(later.sections.map(({ name, end_line }) => [name, end_line])).toEqual([
      ['build', 40_002],
      ['last', null],
    ]);
    const afterwards = await indexOf(at, `?first_block=${live.line_feeds.length}`);
    expect(afterwards.sections.map(({ name }) => name)).toEqual(['last']);
    await runner.finish(payload!, 'success', whole);
    const sealed = await until('the log is sealed', async () => {
      const index = await indexOf(at);
      return index.live ? undefined : index;
    });
    expect(sealed).toMatchObject({ size: whole.length, lines: 80_003 });
    expect(sealed.line_feeds.slice(1)).toEqual(later.line_feeds);
    expect(sealed.sections).toMatchObject(later.sections);
    for (const line of [1, 2, 40_002, 40_003, 79_999, 80_003]) {
      const block = Math.max(
        0,
        sealed.line_feeds.findLastIndex((feeds) => feeds < line - 1),
      );
      const from = block * sealed.block_size;
      const Range = `bytes=${from}-${from + sealed.block_size - 1}`;
      const { body } = await house.api<string>('GET', `${at}/trace`, { headers: { Range } });
      const skipped = line - 1 - (sealed.line_feeds[block] ?? 0);
      expect(`${line}: ${body.split('\n')[skipped]}`).toBe(`${line}: ${lines[line - 1]}`);
    }
  });

  test('of an empty log is one, and of none is none', async () => {
    const { at } = await jobIn(house, 'success');
    expect(await indexOf(at)).toMatchObject({ size: 0, lines: 0, line_feeds: [0], sections: [] });
    const pending = await jobIn(house, 'pending');
    expect(refusal(await house.api('GET', `${pending.at}/trace/index`))).toEqual(NO_RECORD);
  });

  test('is for those who may read the log', async () => {
    const { at, project_id, runner, payload } = await jobIn(house, 'running');
    await runner.patch(payload!, 'secret', 0, '?debug_trace=true');
    const { token } = await personWith(house.api, 'reporter', project_id);
    expect(refusal(await house.api('GET', `${at}/trace/index`, { token }))).toEqual(FORBIDDEN);
  });
});
