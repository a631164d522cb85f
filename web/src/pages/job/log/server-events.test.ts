import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOfBase64, ServerEventReader } from './server-events.ts';

const STREAM =
  ': hello\n\nid: 3\nevent: log\ndata: YWJj\n\n:\n\nevent: end\ndata: {"erased":false}\n\nid: 9\ndata: a\ndata: b\n\n';
const EVENTS = [
  { id: '3', type: 'log', data: 'YWJj' },
  { id: null, type: 'end', data: '{"erased":false}' },
  { id: '9', type: 'message', data: 'a\nb' },
];

test('server-sent events are the same however they are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (cuts) => {
      const reader = new ServerEventReader();
      const events = [];
      for (let at = 0, cut = 0; at < STREAM.length; cut += 1) {
        const length = cuts[cut % cuts.length] ?? 1;
        events.push(...reader.read(STREAM.slice(at, at + length)));
        at += length;
      }
      expect(events).toEqual(EVENTS);
    }),
  );
});

test('the bytes of a log are what they were', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(bytesOfBase64(btoa(String.fromCharCode(...bytes)))).toEqual(bytes);
});
