import type { YamlNode } from './yaml-node.ts';

const MAX_SEGMENTS = 5;
const MAX_BYTES = 1024;
const MAX_INDEXES = 5;

export type Access = { node: YamlNode } | { complaints: string[] };

/** What blocks may ask for: `inputs`, `component`, each with its values by name. */
export type Contexts = ReadonlyMap<string, ReadonlyMap<string, YamlNode>>;

/** What `inputs.NAME`, `inputs.NAME.key` or `inputs.NAME[0].key` leads to. */
export function readAccess(access: string, contexts: Contexts): Access {
  const complaints: string[] = [];
  const segments = access.split('.');
  // What is beyond the fifth is no place of its own any more.
  if (segments.length > MAX_SEGMENTS) segments.push(segments.splice(MAX_SEGMENTS - 1).join('.'));
  if (segments.length <= 1)
    complaints.push('invalid pattern used for interpolation. valid pattern is $[[ inputs.input ]]');
  if (Buffer.byteLength(access) > MAX_BYTES)
    complaints.push('maximum interpolation expression size exceeded');
  if (complaints.length > 0) return { complaints };
  const [context = '', ...keys] = segments;
  const values = contexts.get(context);
  if (values === undefined) return fail(unknown(context, access));
  let node: YamlNode | null = null;
  for (const segment of keys) {
    const parsed = segment.includes('[') ? parseIndexes(segment, access) : { key: segment, indexes: [] };
    if ('complaint' in parsed) return fail(parsed.complaint);
    const { key, indexes } = parsed;
    const value: YamlNode | undefined = node === null ? values.get(key) : keyOf(node, key);
    if (value === undefined) return fail(unknown(key, access));
    node = value;
    for (const index of indexes) {
      if (node.kind !== 'sequence')
        return fail(`cannot index into non-array value at [${index}] in \`${access}\``);
      const item: YamlNode | undefined = node.items[index];
      if (item === undefined)
        return fail(`array index ${index} out of bounds (size: ${node.items.length}) in \`${access}\``);
      node = item;
    }
  }
  return node === null ? fail(unknown('', access)) : { node };
}

const fail = (complaint: string): Access => ({ complaints: [complaint] });

const unknown = (key: string, access: string) =>
  `unknown interpolation provided: \`${key}\` in \`${access}\``;

const keyOf = (node: YamlNode, key: string) =>
  node.kind === 'mapping' ? node.entries.get(key)?.value : undefined;

function parseIndexes(
  segment: string,
  access: string,
): { key: string; indexes: number[] } | { complaint: string } {
  const match = /^(\w*)((?:\[\d+\])+)$/.exec(segment);
  if (!match) return { complaint: malformed(segment, access) };
  const [, key = '', brackets = ''] = match;
  if (key === '') return { complaint: `invalid indexed access without a key in \`${access}\`` };
  const indexes = [...brackets.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  if (indexes.length > MAX_INDEXES)
    return { complaint: `too many array indices in \`${access}\` (maximum depth: ${MAX_INDEXES})` };
  return { key, indexes };
}

function malformed(segment: string, access: string): string {
  const count = (sign: string) => segment.split(sign).length;
  if (count('[') !== count(']')) return `invalid array index in \`${access}\`: missing closing bracket`;
  const contents = [...segment.matchAll(/\[([^\]]*)\]/g)].map(([, content = '']) => content);
  const wrong = contents.find((content) => !/^\d+$/.test(content));
  return wrong === undefined
    ? `invalid array index syntax in \`${access}\``
    : `invalid array index in \`${access}\`: \`${wrong}\` is not a valid index`;
}
