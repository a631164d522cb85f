import { MAX_NODES, nodeCount } from './node-count.ts';
import { refuse } from './problem.ts';
import { isString, type YamlEntry, type YamlMapping, type YamlNode, type YamlSequence } from './yaml-node.ts';

export const REFERENCE_TAG = '!reference';

/**
 * Values within values, counting through references: far above what a file may nest, so that a chain of thousands
 * of references cannot exhaust the stack.
 */
const MAX_DEPTH = 200;

/** What is written behind the tag, as the reference that it is. */
export function referenceTo(written: YamlNode): YamlSequence {
  const items = written.kind === 'sequence' ? written.items : [];
  const path = items.filter(isString).map((item) => item.value);
  const isValid = path.length > 0 && path.length === items.length;
  const reference = { path: isValid ? path : null, shown: inspect(written) };
  return { kind: 'sequence', items, position: written.position, reference };
}

function inspect(node: YamlNode): string {
  if (node.kind === 'sequence') return `[${node.items.map(inspect).join(', ')}]`;
  if (node.kind === 'mapping') {
    const pairs = [...node.entries].map(([key, { value }]) => `${JSON.stringify(key)}=>${inspect(value)}`);
    return `{${pairs.join(', ')}}`;
  }
  if (node.value === '') return '[]';
  if (typeof node.value === 'string') return JSON.stringify(node.value);
  return node.value === null ? 'nil' : node.text;
}

interface Resolved {
  node: YamlNode;
  /** Levels below and with this one. */
  height: number;
}

/**
 * The mapping with every `!reference` replaced by what it leads to, in which references are replaced too. Looked up
 * in the root as it is once `extends` has been applied: hidden keys and keys of jobs alike. Stops at the first
 * that leads nowhere, to null or false, or back to itself.
 */
export function resolveReferences(root: YamlMapping): YamlMapping {
  const done = new Map<YamlNode, Resolved | 'open'>();

  const resolve = (node: YamlNode, depth: number): Resolved => {
    if (node.kind === 'scalar') return { node, height: 1 };
    const known = done.get(node);
    if (known === 'open') return fail(node as YamlSequence, 'is part of a circular chain');
    const height = known?.height ?? 1;
    if (depth + height > MAX_DEPTH) refuse('reference', 'The parsed YAML is too big', node.position);
    if (known) return known;
    const isReference = node.kind === 'sequence' && node.reference !== undefined;
    if (isReference) done.set(node, 'open');
    const resolved = isReference ? follow(node, depth) : within(node, depth);
    done.set(node, resolved);
    return resolved;
  };

  const follow = (node: YamlSequence, depth: number): Resolved => {
    const path = node.reference?.path ?? fail(node, 'is not valid');
    let target: YamlNode | undefined = root;
    for (const key of path) target = target?.kind === 'mapping' ? target.entries.get(key)?.value : undefined;
    const resolved = target && resolve(target, depth + 1);
    const isFalsy = resolved?.node.kind === 'scalar' && (resolved.node.value ?? false) === false;
    return resolved === undefined || isFalsy ? fail(node, 'could not be found') : resolved;
  };

  const within = (node: YamlSequence | YamlMapping, depth: number): Resolved => {
    let height = 1;
    let isSame = true;
    const below = (child: YamlNode): YamlNode => {
      const resolved = resolve(child, depth + 1);
      height = Math.max(height, resolved.height + 1);
      isSame &&= resolved.node === child;
      return resolved.node;
    };
    if (node.kind === 'sequence') {
      const items = node.items.map(below);
      return { node: isSame ? node : { ...node, items }, height };
    }
    const entries = new Map<string, YamlEntry>();
    for (const [key, entry] of node.entries) entries.set(key, { key: entry.key, value: below(entry.value) });
    return { node: isSame ? node : { ...node, entries }, height };
  };

  const { node } = resolve(root, 0);
  if (node !== root && nodeCount(node, new Map()) > MAX_NODES) {
    refuse('reference', 'The parsed YAML is too big', root.position);
  }
  return node as YamlMapping;
}

function fail(node: YamlSequence, complaint: string): never {
  const message = `${REFERENCE_TAG} ${node.reference?.shown} ${complaint}`;
  return refuse('reference', message, node.position);
}
