import fc from 'fast-check';
import { hostileText, hostileValue, plausible } from './hostile-values.ts';
import type { Target } from './target.ts';

/** Values of the route's parameters, some of which nobody expects. */
export function valuesOf({ params }: Target): fc.Arbitrary<Record<string, unknown>> {
  const properties = Object.entries(params.properties ?? {}).filter(([name]) => name !== 'id');
  const record = fc.record(
    Object.fromEntries(
      properties.map(([name, shape]) => [
        name,
        fc.oneof({ weight: 3, arbitrary: plausible(name, shape) }, { weight: 1, arbitrary: hostileValue }),
      ]),
    ),
    { requiredKeys: [] },
  );
  const extra = fc.dictionary(hostileText, hostileValue, { maxKeys: 1 });
  return fc.tuple(record, extra).map(([known, unknown]) => ({ ...unknown, ...known }));
}

/** The parameters in the query, which often stays empty. */
export function queryOf(target: Target): fc.Arbitrary<string> {
  const good = valuesOf(target).map((values) => `?${encodeForm(values).slice(0, 8_000)}`);
  const bad = fc.constantFrom(
    '?',
    '?&&&==&',
    '?%',
    '?a[=1',
    '?a[b]c=1',
    '?scope[][][]=x',
    '?per_page=-1&page=0',
    '?per_page=9223372036854775807&page=9223372036854775807',
    '?pagination=keyset&cursor=%00',
    '?sudo=%00',
    '?private_token=%00',
    '?private_token[]=a',
    '?sudo[a]=b',
    `?${'a[b]'.repeat(50)}=1`,
    `?x${'[y]'.repeat(50)}=1`,
    `?${Array.from({ length: 2_000 }, (_, at) => `p${at}`).join('&')}`,
  );
  const streams = target.body === 'stream' || target.method === 'GET' || target.method === 'DELETE';
  return fc.oneof(
    { weight: streams ? 2 : 6, arbitrary: fc.constant('') },
    { weight: streams ? 6 : 2, arbitrary: good },
    { weight: 1, arbitrary: bad },
  );
}

/** `a[]=1&b[c]=2`, as clients write hashes and lists in forms. */
export function encodeForm(values: Record<string, unknown>): string {
  const pairs: string[] = [];
  const add = (name: string, value: unknown, depth: number) => {
    if (typeof value === 'object' && value !== null && depth < 12)
      for (const [key, one] of Object.entries(value).slice(0, 20))
        add(`${name}[${Array.isArray(value) ? '' : percentEncode(key)}]`, one, depth + 1);
    else pairs.push(`${name}=${percentEncode(String(value)).slice(0, 6_000)}`);
  };
  for (const [name, value] of Object.entries(values)) add(percentEncode(name), value, 0);
  return pairs.join('&');
}

/** As encodeURIComponent, and a lone surrogate as the three bytes that are no UTF-8. */
export function percentEncode(text: string): string {
  return [...text]
    .map((character) =>
      character.isWellFormed()
        ? encodeURIComponent(character)
        : `%ED%${character < '\udc00' ? 'A0' : 'B0'}%80`,
    )
    .join('');
}
