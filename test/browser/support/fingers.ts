import type { CDPSession, Page } from 'playwright-core';

export interface Point {
  x: number;
  y: number;
}

/** The fingers of somebody who looks at this page, each led along a way of points; all have as many. */
export async function fingersOn(page: Page): Promise<(...ways: Point[][]) => Promise<void>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: Point[]) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: points.map(({ x, y }, id) => ({ x, y, id })),
    });
  return async (...ways) => {
    const steps = Array.from({ length: ways[0]?.length ?? 0 }, (_, step) =>
      ways.flatMap((way) => way[step] ?? []),
    );
    for (const [step, points] of steps.entries()) {
      if (step > 0) await touch('touchMove', points);
      // One after the other, as hands do.
      else
        for (let count = 1; count <= points.length; count++)
          await touch('touchStart', points.slice(0, count));
    }
    await touch('touchEnd', []);
  };
}

/** The way from one point to the other in small steps. */
export const way = (from: Point, to: Point, steps = 12): Point[] =>
  Array.from({ length: steps + 1 }, (_, step) => ({
    x: from.x + ((to.x - from.x) * step) / steps,
    y: from.y + ((to.y - from.y) * step) / steps,
  }));
