import { UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import { createSitePass, readSitePass } from './site-pass.ts';

const KEY = Buffer.alloc(32, 1);
const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const whose = { user_id: 7, project_id: 42, job_id: null };

test('a pass opens one site for one user, for an hour', async () => {
  const pass = await createSitePass(KEY, whose, NOW);
  expect(await readSitePass(KEY, pass, NOW)).toMatchObject({ ...whose, hasExpired: false });
  expect(await readSitePass(KEY, pass, NOW + HOUR - 1000)).toMatchObject({ hasExpired: false });
  expect(await readSitePass(KEY, pass, NOW + HOUR)).toMatchObject({ ...whose, hasExpired: true });
});

test('a pass to what one job has left is none to the site', async () => {
  const ofJob = { ...whose, user_id: null, job_id: 9 };
  const pass = await createSitePass(KEY, ofJob, NOW);
  expect(await readSitePass(KEY, pass, NOW)).toMatchObject(ofJob);
});

test('a pass that this server has not made is none', async () => {
  const pass = await createSitePass(KEY, whose, NOW);
  const [head, , signature] = pass.split('.');
  const altered = Buffer.from(JSON.stringify({ ...whose, project_id: 1, exp: NOW / 1000 + 60 })).toString(
    'base64url',
  );
  const unsigned = new UnsecuredJWT(whose).setExpirationTime(new Date(NOW + HOUR)).encode();
  for (const other of [
    '',
    'x',
    `${head}.${altered}.${signature}`,
    unsigned,
    await createSitePass(Buffer.alloc(32, 2), whose, NOW),
  ])
    expect(await readSitePass(KEY, other, NOW)).toBeNull();
  // Nor one that has ended long ago.
  expect(await readSitePass(Buffer.alloc(32, 2), pass, NOW + 2 * HOUR)).toBeNull();
});
