import { type Query, QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { wasAskedBefore, watchAsking } from './asked-at.ts';

const KEY = ['list'];
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A reply that is asked for, and answered by hand. */
function asking() {
  const client = new QueryClient();
  watchAsking(client);
  const answers: ((reply: string) => void)[] = [];
  const ask = () =>
    client.fetchQuery({
      queryKey: KEY,
      queryFn: () => {
        const { promise, resolve } = Promise.withResolvers<string>();
        answers.push(resolve);
        return promise;
      },
    });
  const query = () => client.getQueryCache().find({ queryKey: KEY }) as Query;
  return { client, ask, answers, wasBefore: (moment: number) => wasAskedBefore(query(), moment) };
}

/** Lets a second pass, and answers the moment in the middle of it. */
function aSecond(): number {
  vi.advanceTimersByTime(500);
  const moment = performance.now();
  vi.advanceTimersByTime(500);
  return moment;
}

test('a reply is as old as the asking for it, whenever it comes', async () => {
  const { ask, answers, wasBefore } = asking();
  const before = aSecond();
  const reply = ask();
  const onItsWay = aSecond();
  expect([wasBefore(before), wasBefore(onItsWay)]).toEqual([false, true]);
  answers[0]?.('first');
  await reply;
  expect([wasBefore(before), wasBefore(onItsWay)]).toEqual([false, true]);
});

test('while another is on its way, what is known is as old as it was', async () => {
  const { ask, answers, wasBefore } = asking();
  const first = ask();
  answers[0]?.('first');
  await first;
  const between = aSecond();
  const second = ask();
  aSecond();
  expect(wasBefore(between)).toBe(true);
  answers[1]?.('second');
  await second;
  expect(wasBefore(between)).toBe(false);
});

test('what was not asked for at all is older than anything, also where an action foresees it', async () => {
  const { client, ask, answers, wasBefore } = asking();
  client.setQueryData(KEY, 'foreseen');
  expect(wasBefore(-1e9)).toBe(true);
  const reply = ask();
  const moment = aSecond();
  answers[0]?.('told');
  await reply;
  client.setQueryData(KEY, 'foreseen');
  expect(wasBefore(moment)).toBe(true);
});
