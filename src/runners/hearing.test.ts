import { describe, expect, test } from 'vitest';
import { Hearing } from './hearing.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const START = 1_800_000_000_000;

/** A server that has listened since START, and whose database gives it work to look every five seconds. */
function listen() {
  const time = { clock: START, steady: 7 };
  const hearing = new Hearing(
    () => time.clock,
    () => time.steady,
    () => time.steady,
  );
  const pass = (ms: number) => {
    time.clock += ms;
    time.steady += ms;
  };
  return {
    hearing,
    /** Time passes in which the server hears everything. */
    listenFor(ms: number) {
      for (let left = ms; left > 0; left -= 5 * SECOND) {
        pass(Math.min(left, 5 * SECOND));
        hearing.look();
      }
    },
    /** Time passes in which nothing is looked at. */
    pass,
    jump: (ms: number) => void (time.clock += ms),
    now: () => time.clock,
  };
}

describe('who was not heard of', () => {
  test('is given up once his time is over', () => {
    const { hearing, listenFor, now } = listen();
    listenFor(HOUR);
    expect(hearing.isOver(START, HOUR)).toBe(false);
    listenFor(1);
    expect(hearing.isOver(START, HOUR)).toBe(true);
    expect(hearing.isOver(now() - MINUTE + 1, MINUTE)).toBe(false);
    expect(hearing.lateBy(MINUTE)).toBe(now());
  });

  test('has the same time again after a start, an hour at most', () => {
    const { hearing, listenFor } = listen();
    listenFor(MINUTE);
    const long = START - 30 * HOUR;
    expect([hearing.isOver(long, MINUTE), hearing.lateBy(MINUTE)]).toEqual([false, 0]);
    listenFor(SECOND);
    expect([hearing.isOver(long, MINUTE), hearing.lateBy(MINUTE)]).not.toContain(0);
    expect(hearing.isOver(long, 24 * HOUR)).toBe(false);
    listenFor(HOUR);
    expect(hearing.isOver(long, 24 * HOUR)).toBe(true);
  });

  test.each([HOUR, 30 * HOUR])('is not late by the %i ms that the clock jumps', (by) => {
    const { hearing, listenFor, jump, now } = listen();
    listenFor(2 * HOUR);
    const heard = now() - 10 * SECOND;
    jump(by);
    expect([hearing.isOver(heard, MINUTE), hearing.isOver(heard, 2 * HOUR)]).toEqual([false, false]);
    expect([hearing.elapsed(heard), hearing.lateBy(MINUTE)]).toEqual([0, 0]);
    listenFor(MINUTE + 1);
    expect([hearing.isOver(heard, MINUTE), hearing.isOver(heard, 2 * HOUR)]).toEqual([true, false]);
    expect(hearing.lateBy(MINUTE)).toBe(now());
    listenFor(2 * HOUR);
    expect(hearing.isOver(heard, 2 * HOUR)).toBe(true);
  });

  test('is not late as the clock goes back, nor until it shows that time again', () => {
    const { hearing, listenFor, jump, now } = listen();
    listenFor(2 * HOUR);
    const heard = now();
    jump(-HOUR);
    expect([hearing.isOver(heard, MINUTE), hearing.lateBy(MINUTE)]).toEqual([false, 0]);
    listenFor(HOUR + MINUTE);
    expect(hearing.isOver(heard, MINUTE)).toBe(false);
    listenFor(1);
    expect(hearing.isOver(heard, MINUTE)).toBe(true);
  });

  test('is not late while the clock is trimmed', () => {
    const { hearing, listenFor, jump, now } = listen();
    for (let round = 0; round < 100; round += 1) {
      listenFor(MINUTE);
      jump(round % 2 ? 9 * SECOND : -9 * SECOND);
    }
    expect(hearing.isOver(now() - MINUTE - 1, MINUTE)).toBe(true);
  });

  test('has the same time again when the database was away', () => {
    const { hearing, listenFor, pass, now } = listen();
    listenFor(2 * HOUR);
    const heard = now();
    pass(2 * HOUR);
    // Whoever asks first: it need not be who looks.
    expect([hearing.isOver(heard, HOUR), hearing.lateBy(MINUTE)]).toEqual([false, 0]);
    hearing.look();
    expect(hearing.elapsed(heard)).toBe(2 * HOUR);
    expect([hearing.isOver(heard, HOUR), hearing.lateBy(MINUTE)]).toEqual([false, 0]);
    listenFor(HOUR + 1);
    expect(hearing.isOver(heard, HOUR)).toBe(true);
  });
});
