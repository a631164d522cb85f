import { beforeAll, describe, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { bootServer, type TestServer } from '../support/server.ts';

const PASSWORD = 'a password of ada';
const TOO_MANY = { message: { error: 'This endpoint has been requested too many times. Try again later.' } };

async function serverWith(limits: object): Promise<TestServer> {
  const server = await bootServer({ config: { limits } });
  for (const username of ['ada', 'bob']) {
    const body = { username, email: `${username}@example.org`, name: username, password: PASSWORD };
    expect((await server.api('POST', '/users', { body })).status).toBe(201);
  }
  return server;
}

describe('wrong passwords', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await serverWith({ max_login_attempts: 5, max_login_attempts_of_address: 1000 });
  });
  const signIn = (login: string, password: string) => new Browser(server).signIn(login, password);
  const guess = async (login: string, times: number) => {
    const replies = await Promise.all(
      Array.from({ length: times }, (_, index) => signIn(login, `wrong password ${index}`)),
    );
    return replies.map(({ status }) => status).toSorted();
  };

  test('after some in a row no more are looked at for a while, also none that are right', async () => {
    expect(await guess('ada', 5)).toEqual([401, 401, 401, 401, 401]);
    const refused = await signIn('ada', PASSWORD);
    expect([refused.status, refused.body]).toEqual([429, TOO_MANY]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(600);
    expect((await signIn('ADA@example.org', PASSWORD)).status).toBe(429);
    expect((await signIn('bob', PASSWORD)).status).toBe(201);
    expect((await server.api('GET', '/user')).status).toBe(200);
  });

  test('many at once are not more', async () => {
    const statuses = await guess('root', 12);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
  });

  test('of an unknown user are counted as well', async () => {
    expect(await guess('nobody-of-that-name', 6)).toEqual([401, 401, 401, 401, 401, 429]);
  });

  test('are forgotten with a right one', async () => {
    for (let round = 0; round < 3; round += 1) {
      expect(await guess('bob', 4)).toEqual([401, 401, 401, 401]);
      expect((await signIn('bob', PASSWORD)).status).toBe(201);
    }
  });

  test('count where one changes the password, too', async () => {
    const browser = new Browser(server);
    expect((await browser.signIn('bob', PASSWORD)).status).toBe(201);
    const change = (current_password: string) =>
      browser.ask('PUT', '/user/password', { body: { current_password, password: 'another password' } });
    for (let time = 0; time < 5; time += 1) expect((await change('wrong')).status).toBe(400);
    expect((await change(PASSWORD)).status).toBe(429);
    expect((await signIn('bob', PASSWORD)).status).toBe(429);
  });
});

test('wrong passwords are counted by where they come from, whoever they are for', async () => {
  const server = await serverWith({ max_login_attempts_of_address: 3 });
  const statusOf = async (login: string, password: string) =>
    (await new Browser(server).signIn(login, password)).status;
  expect(await statusOf('ada', PASSWORD)).toBe(201);
  for (const login of ['ada', 'bob', 'nobody']) expect(await statusOf(login, 'wrong password')).toBe(401);
  expect(await statusOf('ada', PASSWORD)).toBe(429);
});

test('after a while they are looked at again', async () => {
  const server = await serverWith({ max_login_attempts: 1, failed_login_attempts_unlock_period: 1 });
  const statusOf = async (password: string) => (await new Browser(server).signIn('ada', password)).status;
  expect(await statusOf('wrong password')).toBe(401);
  await expect.poll(() => statusOf(PASSWORD)).toBe(201);
});

test('a password takes its time whether there is such a user or not, and not too many are waited for', async () => {
  const server = await serverWith({ max_login_attempts_of_address: 1000 });
  const many = await Promise.all(
    Array.from({ length: 100 }, (_, index) => new Browser(server).signIn(`nobody-${index}`, PASSWORD)),
  );
  const statuses = new Set(many.map(({ status }) => status));
  // They would not have to wait for each other, were they only looked up.
  expect([...statuses].toSorted()).toEqual([401, 503]);
  expect((await new Browser(server).signIn('ada', PASSWORD)).status).toBe(201);
});
