import { afterAll, expect, test } from 'vitest';
import { until } from '../../test/support/until.ts';
import { ThreadPool, type Told } from './thread-pool.ts';

/** Writes what it is asked into its place, upper case, or dies of it. */
const module = new URL('./answer-questions.ts', import.meta.url).href;
const program = new URL(
  `data:text/javascript,${encodeURIComponent(`
  import { answerQuestions } from '${module}';
  answerQuestions((greeting) => async (asked, place) => {
    if (asked === 'die') return new Promise(() => setImmediate(() => { throw new Error('it died'); }));
    if (asked === 'fail') throw new Error('it fell');
    return { greeting, length: place.write(asked.toUpperCase()) };
  });
`)}`,
);

type Reply = { greeting: string; length: number };
const pool = new ThreadPool<string, Reply>(program, {
  threads: 1,
  questions: 2,
  memory: 32,
  idle: 60_000,
  data: 'hello',
});
afterAll(() => pool.close());

const grown = () => {
  pool.grow();
  return until('the thread is ready', async () => {
    const told = await pool.ask('ready?');
    told?.release();
    return told ?? undefined;
  });
};
const wordsOf = ({ told, place }: Told<Reply>) =>
  `${told.greeting} ${place.toString('utf8', 0, told.length)}`;

test('nobody is asked before there is a thread', async () => {
  expect(pool.ask('too early')).toBeNull();
  await grown();
  expect(pool.size).toBe(1);
});

test('a thread answers in the place of the question, and many wait for it', async () => {
  const [one, other] = await Promise.all([pool.ask('one')!, pool.ask('other')!]);
  expect([wordsOf(one), wordsOf(other)]).toEqual(['hello ONE', 'hello OTHER']);
  one.release();
  other.release();
});

test('an answer stays until it is released, and meanwhile nobody else gets its place', async () => {
  const [one, other] = await Promise.all([pool.ask('one')!, pool.ask('other')!]);
  expect(pool.ask('third')).toBeNull();
  one.release();
  const third = await pool.ask('third')!;
  expect([wordsOf(other), wordsOf(third)]).toEqual(['hello OTHER', 'hello THIRD']);
  other.release();
  third.release();
});

test('a question that fails is refused, and its place is free again', async () => {
  for (let time = 0; time < 3; time++) await expect(pool.ask('fail')).rejects.toThrow('it fell');
  const after = await pool.ask('after')!;
  expect(wordsOf(after)).toBe('hello AFTER');
  after.release();
});

test('whoever waits for a thread that dies is refused, and another can be started', async () => {
  const asked = [pool.ask('die')!, pool.ask('behind it')!];
  for (const each of asked) each.catch(() => {});
  for (const each of asked) await expect(each).rejects.toThrow('it died');
  expect([pool.size, pool.ask('nobody')]).toEqual([0, null]);
  await grown();
  expect(pool.size).toBe(1);
});

test('no more threads are started than there may be, and one without questions ends', async () => {
  pool.grow();
  expect(pool.size).toBe(1);
  const short = new ThreadPool<string, Reply>(program, {
    threads: 1,
    questions: 1,
    memory: 32,
    idle: 300,
    data: '',
  });
  short.grow();
  await until('the idle thread has ended', async () => short.size === 0 || undefined);
  await short.close();
});
