import { expect, test } from 'vitest';
import { forbiddenAddress } from './forbidden-address.ts';

const LOCALHOST = 'Requests to localhost are not allowed';
const LINK_LOCAL = 'Requests to the link local network are not allowed';
const LOCAL = 'Requests to the local network are not allowed';

test.each([
  ['127.0.0.1', LOCALHOST],
  ['127.255.255.254', LOCALHOST],
  ['0.0.0.0', LOCALHOST],
  ['::1', LOCALHOST],
  ['::', LOCALHOST],
  ['::ffff:127.0.0.1', LOCALHOST],
  ['169.254.169.254', LINK_LOCAL],
  ['fe80::1', LINK_LOCAL],
  ['::ffff:169.254.169.254', LINK_LOCAL],
  ['10.0.0.1', LOCAL],
  ['172.16.0.1', LOCAL],
  ['172.31.255.255', LOCAL],
  ['192.168.1.1', LOCAL],
  ['100.64.0.1', LOCAL],
  ['192.0.2.1', LOCAL],
  ['224.0.0.1', LOCAL],
  ['255.255.255.255', LOCAL],
  ['fd00::1', LOCAL],
  ['ff02::1', LOCAL],
  ['::7f00:1', LOCAL],
  ['64:ff9b::7f00:1', LOCAL],
  ['2002:7f00:1::', LOCAL],
  ['2001:0:7f00:1::', LOCAL],
  ['2001:db8::1', LOCAL],
])('nothing is sent to %s', (address, why) => {
  expect(forbiddenAddress(address)).toBe(why);
});

test.each([
  '8.8.8.8',
  '172.32.0.1',
  '100.63.255.255',
  '169.253.0.1',
  '2606:4700:4700::1111',
  '::ffff:8.8.8.8',
])('%s is of the public internet', (address) => {
  expect(forbiddenAddress(address)).toBeNull();
});

test('what an administrator allows is, and nothing around it', () => {
  const allowed = ['10.1.0.0/16', 'fd00::/8'];
  expect(forbiddenAddress('10.1.2.3', allowed)).toBeNull();
  expect(forbiddenAddress('::ffff:10.1.2.3', allowed)).toBeNull();
  expect(forbiddenAddress('fd12::1', allowed)).toBeNull();
  expect(forbiddenAddress('10.2.0.1', allowed)).toBe(LOCAL);
  expect(forbiddenAddress('::1', allowed)).toBe(LOCALHOST);
});
