import type { LucideIcon } from 'lucide-react';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { ACTION_ICONS } from '../pages/pipeline/action-icons.ts';
import { GLYPH_PATHS } from './glyph-paths.ts';
import { lookOf } from './status.tsx';

const SHAPE = /<(path|circle|line) ([^>]*)>/g;
const ATTRIBUTE = /(\w+)="([^"]*)"/g;

/** What Lucide draws, as one path. */
function pathOf(icon: LucideIcon): string {
  const markup = renderToStaticMarkup(createElement(icon));
  const shapes = [...markup.matchAll(SHAPE)].map(([, tag, attributes = '']) => {
    const of = Object.fromEntries(
      [...attributes.matchAll(ATTRIBUTE)].map(([, name, value]) => [name, value]),
    );
    if (tag === 'line') return `M${of.x1} ${of.y1}L${of.x2} ${of.y2}`;
    // Behind another a path that begins where it says "from here" would begin there.
    if (tag === 'path') return of.d?.replace(/^m/, 'M0 0m');
    const half = `a${of.r} ${of.r} 0 1 0`;
    return `M${Number(of.cx) - Number(of.r)} ${of.cy}${half} ${2 * Number(of.r)} 0${half} ${-2 * Number(of.r)} 0`;
  });
  expect(shapes.length).toBe(markup.match(/<(?!svg|\/)/g)?.length);
  return shapes.join('');
}

test('an icon of one path is drawn as Lucide draws it', () => {
  for (const [icon, path] of GLYPH_PATHS) expect(path).toBe(pathOf(icon));
});

const JOB_STATUSES = [
  'created',
  'waiting_for_resource',
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
  'success',
  'failed',
  'canceling',
  'canceled',
  'skipped',
  'manual',
  'scheduled',
];

test('every status and every action of a job has an icon of one path', () => {
  const statuses = [...JOB_STATUSES.map((status) => lookOf(status)), lookOf('failed', true)];
  const icons = [...statuses.map(({ Icon }) => Icon), ...Object.values(ACTION_ICONS)];
  expect(icons.filter((icon) => !GLYPH_PATHS.has(icon))).toEqual([]);
});
