import { expect, test } from 'vitest';
import { readOpenIdSettings } from './openid-settings.ts';

const whole = {
  JOBYARD_OIDC_ISSUER: 'https://id.example.org/realms/x',
  JOBYARD_OIDC_CLIENT_ID: 'jobyard',
  JOBYARD_OIDC_CLIENT_SECRET: 'secret',
};
const read = (env: Record<string, string>) => {
  const problems: string[] = [];
  const settings = readOpenIdSettings(env, problems);
  return { settings, problems };
};

test('without any of them nobody vouches for people', () => {
  expect(read({})).toEqual({ settings: null, problems: [] });
  expect(read({ JOBYARD_OIDC_ISSUER: '', JOBYARD_OIDC_LABEL: 'x' })).toEqual({
    settings: null,
    problems: [],
  });
});

test('what is not said has a default', () => {
  const settings = {
    issuer: 'https://id.example.org/realms/x',
    client_id: 'jobyard',
    client_secret: 'secret',
    label: 'OpenID Connect',
    create_users: true,
    link_users: true,
  };
  expect(read(whole)).toEqual({ settings, problems: [] });
  const strict = {
    JOBYARD_OIDC_LABEL: 'Us',
    JOBYARD_OIDC_CREATE_USERS: 'off',
    JOBYARD_OIDC_LINK_USERS: 'off',
  };
  expect(read({ ...whole, ...strict }).settings).toEqual({
    ...settings,
    label: 'Us',
    create_users: false,
    link_users: false,
  });
});

test('half of it is a mistake, and so is what is neither on nor off', () => {
  const { JOBYARD_OIDC_ISSUER } = whole;
  expect(read({ JOBYARD_OIDC_ISSUER, JOBYARD_OIDC_LINK_USERS: 'maybe' }).problems).toEqual([
    'JOBYARD_OIDC_CLIENT_ID and JOBYARD_OIDC_CLIENT_SECRET must be set for signing in by OpenID Connect',
    'JOBYARD_OIDC_LINK_USERS is "maybe", but must be on or off',
  ]);
});

test.each([
  ['https://id.example.org', true],
  ['http://127.0.0.1:9000', true],
  ['http://localhost:9000', true],
  ['http://[::1]:9000', true],
  ['http://id.example.org', false],
  ['http://127.0.0.1.example.org', false],
  ['http://localhost.example.org', false],
  ['ftp://id.example.org', false],
  ['id.example.org', false],
])('the issuer %s is taken: %s', (JOBYARD_OIDC_ISSUER, isTaken) => {
  expect(read({ ...whole, JOBYARD_OIDC_ISSUER }).problems.length === 0).toBe(isTaken);
});
