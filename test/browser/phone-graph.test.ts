import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { fingersOn, way } from './support/fingers.ts';
import { graph, node } from './support/graph.ts';
import { pipelineOf } from './support/pipeline-page.ts';

const STAGES = ['one', 'two', 'three', 'four', 'five', 'six'];
/** Of these jobs nobody takes any. */
const jobs = (stage: string, count: number) =>
  Array.from(
    { length: count },
    (_, index) => `'${stage} ${index + 1}': { stage: ${stage}, script: 'true', tags: [nobody] }`,
  );
const CONFIGURATION = [`stages: [${STAGES.join(', ')}]`, ...STAGES.flatMap((stage) => jobs(stage, 12))].join(
  '\n',
);

let server: TestServer;
let path: string;

/** Where the picture is: of the window, but for the scale. */
const looking = (page: Page) =>
  graph(page)
    .locator('> div')
    .evaluate((layer) => {
      const { a: zoom, e: x, f: y } = new DOMMatrix(getComputedStyle(layer).transform);
      return { x, y, zoom };
    });
const scrolled = (page: Page) => page.evaluate(() => Math.round(window.scrollY));
const inSight = (page: Page) =>
  graph(page).evaluate((frame) => {
    const room = frame.getBoundingClientRect();
    return [...frame.querySelectorAll('[data-node]')].filter((each) => {
      const { left, right, top, bottom } = each.getBoundingClientRect();
      return right > room.left && left < room.right && bottom > room.top && top < room.bottom;
    }).length;
  });

async function onPhone(width: number, search = ''): Promise<Page> {
  const page = await visit(server, { width, height: 640, touch: true });
  await page.goto(`${path}${search}`);
  await graph(page).locator('[data-place]').first().waitFor();
  return page;
}

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await bootServer();
  ({ path } = await pipelineOf(server, CONFIGURATION));
});

describeInBrowser('the graph on a phone', () => {
  test.each([320, 390])('opens at its beginning and can be read, at a width of %i', async (width) => {
    for (const search of ['', '?view=needs']) {
      const page = await onPhone(width, search);
      const first = node(page, 'one 1', 'Pending');
      await first.waitFor();
      const text = await first.getByText('one 1', { exact: true }).evaluate((name) => {
        const { height } = name.getBoundingClientRect();
        return (
          (Number.parseFloat(getComputedStyle(name).fontSize) * height) / (name as HTMLElement).offsetHeight
        );
      });
      expect(text, search).toBeGreaterThanOrEqual(12);
      const box = await first.boundingBox();
      expect(box?.x, search).toBeGreaterThan(0);
      expect((box?.x ?? 0) + (box?.width ?? width), search).toBeLessThan(width);
    }
  });

  test('lets one finger scroll the page through all of it, and moves sideways under it', async () => {
    const page = await onPhone(320);
    const fingers = await fingersOn(page);
    const before = { graph: await looking(page) };
    const { y: top = Number.NaN } = (await graph(page).boundingBox()) ?? {};
    expect(top + 40).toBeLessThan(620);
    // To the left, where the picture could go.
    await fingers(way({ x: 160, y: 620 }, { x: 120, y: 300 }));
    await expect.poll(() => scrolled(page)).toBeGreaterThan(200);
    expect(await looking(page)).toEqual(before.graph);
    // The last one of a stage is within the frame.
    const last = node(page, 'one 12', 'Pending');
    await last.scrollIntoViewIfNeeded();
    expect(await looking(page)).toEqual(before.graph);

    const there = await scrolled(page);
    await fingers(way({ x: 280, y: 300 }, { x: 80, y: 306 }));
    await expect.poll(async () => (await looking(page)).x).toBeLessThan(before.graph.x - 150);
    const { y, zoom } = await looking(page);
    expect([y, zoom]).toEqual([before.graph.y, before.graph.zoom]);
    expect(await scrolled(page)).toBe(there);
    expect(new URL(page.url()).pathname).toBe(path);
  });

  test('is pinched and moved by two fingers, which scroll nothing', async () => {
    const page = await onPhone(390);
    const fingers = await fingersOn(page);
    await graph(page).evaluate((frame) => frame.scrollIntoView());
    const before = { page: await scrolled(page), graph: await looking(page) };
    await fingers(way({ x: 60, y: 300 }, { x: 150, y: 300 }), way({ x: 330, y: 300 }, { x: 240, y: 300 }));
    await expect.poll(async () => (await looking(page)).zoom).toBeCloseTo(before.graph.zoom / 3, 2);
    // From so far jobs are drawn as blocks: those that the fingers lay on are there no more.
    await expect.poll(() => graph(page).locator('[data-place]').count()).toBe(0);
    const small = (await looking(page)).zoom;
    await fingers(way({ x: 150, y: 200 }, { x: 60, y: 200 }), way({ x: 240, y: 200 }, { x: 330, y: 200 }));
    await expect.poll(async () => (await looking(page)).zoom).toBeCloseTo(small * 3, 2);
    const { x } = await looking(page);
    await fingers(way({ x: 250, y: 300 }, { x: 150, y: 300 }), way({ x: 350, y: 300 }, { x: 250, y: 300 }));
    await expect.poll(async () => Math.round((await looking(page)).x - x)).toBe(-100);
    expect(await scrolled(page)).toBe(before.page);
  });

  test('is led by one finger beside another that rests elsewhere', async () => {
    const page = await onPhone(390);
    const fingers = await fingersOn(page);
    await graph(page).evaluate((frame) => frame.scrollIntoView({ block: 'center' }));
    const heading = await page.getByRole('banner').boundingBox();
    const resting = { x: 195, y: (heading?.y ?? 0) + (heading?.height ?? 0) / 2 };
    const before = await looking(page);
    await fingers(way(resting, resting), way({ x: 330, y: 400 }, { x: 150, y: 402 }));
    await expect.poll(async () => Math.round((await looking(page)).x - before.x)).toBe(-180);
    expect(await looking(page)).toMatchObject({ y: before.y, zoom: before.zoom });
  });

  test('is led by a pen too, and Tab to what is in sight once that is lifted', async () => {
    const page = await onPhone(320);
    const stop = () => graph(page).locator('[data-place][tabindex="0"]').getAttribute('data-place');
    const [before, first] = [await looking(page), await stop()];
    const pen = (type: string, clientX: number) =>
      graph(page).dispatchEvent(type, { pointerType: 'pen', pointerId: 7, clientX });
    await pen('pointerdown', 300);
    for (let x = 290; x >= 40; x -= 10) await pen('pointermove', x);
    await expect.poll(async () => Math.round((await looking(page)).x - before.x)).toBe(-260);
    expect(await stop()).toBe(first);
    await pen('pointerup', 40);
    await expect.poll(stop).not.toBe(first);
  });

  test('shows what the arrow keys lead to, also below the edge of the window', async () => {
    const page = await onPhone(390);
    await node(page, 'one 1', 'Pending').focus();
    for (let press = 1; press < 12; press++) await page.keyboard.press('ArrowDown');
    const last = node(page, 'one 12', 'Pending');
    await expect.poll(() => last.evaluate((each) => each === document.activeElement)).toBe(true);
    const { y = Number.NaN, height = Number.NaN } = (await last.boundingBox()) ?? {};
    expect(y).toBeGreaterThan(0);
    expect(y + height).toBeLessThanOrEqual(640);
    expect(await scrolled(page)).toBeGreaterThan(0);
  });

  test('opens a job with a tap', async () => {
    const page = await onPhone(320);
    await node(page, 'one 2', 'Pending').tap();
    await page.waitForURL(/\/-\/jobs\/\d+$/);
  });

  test('always shows a part of it, however far it is pushed', async () => {
    const page = await onPhone(320);
    const fingers = await fingersOn(page);
    await graph(page).evaluate((frame) => frame.scrollIntoView());
    for (const [from, to] of [
      [
        { x: 290, y: 300 },
        { x: 40, y: 300 },
      ],
      [
        { x: 40, y: 300 },
        { x: 290, y: 300 },
      ],
    ] as const) {
      for (let swipe = 0; swipe < 10; swipe++) await fingers(way(from, to, 4));
      await expect.poll(() => inSight(page)).toBeGreaterThan(0);
    }
    expect((await looking(page)).x).toBe(16);
  });
});

describeInBrowser('the graph on a desk', () => {
  test('always shows a part of it, however far it is dragged', async () => {
    const { path: other } = await pipelineOf(
      server,
      [...jobs('one', 1), ...jobs('two', 40), 'stages: [one, two]'].join('\n'),
    );
    const page = await visit(server, { width: 700 });
    await page.goto(other);
    await node(page, 'one 1', 'Pending').waitFor();
    for (let press = 0; press < 6; press++) await page.keyboard.press('+');
    const box = await graph(page).boundingBox();
    const [left, top] = [(box?.x ?? 0) + 20, (box?.y ?? 0) + 20];
    const [right, bottom] = [left + (box?.width ?? 0) - 40, top + (box?.height ?? 0) - 40];
    for (const [from, to] of [
      [
        [left, bottom],
        [left, top],
      ],
      [
        [left, bottom],
        [right, top],
      ],
      [
        [right, bottom],
        [left, top],
      ],
      [
        [left, top],
        [right, bottom],
      ],
    ] as const)
      for (let drag = 0; drag < 6; drag++) {
        await page.mouse.move(...from);
        await page.mouse.down();
        await page.mouse.move(...to, { steps: 3 });
        await page.mouse.up();
        await expect.poll(() => inSight(page)).toBeGreaterThan(0);
      }
  });
});
