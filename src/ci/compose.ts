import { EVENT_ID, getScalarValue, SCALAR_STYLE, type Event } from 'js-yaml';
import { refuse, type Position } from './problem.ts';
import type { YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSequence } from './yaml-node.ts';
import {
  DisallowedClass,
  resolvePlain,
  resolveTagged,
  text as textScalar,
  type Scalar,
} from './yaml-scalar.ts';

export interface ComposeLimits {
  /** Bytes, of the text and of the values with aliases written out. */
  max_yaml_size_bytes: number;
  max_yaml_depth: number;
}

/** What a node costs beside its text, so that a bomb of empty lists is one too. */
const NODE_BYTES = 40;
interface Composed {
  node: YamlNode;
  /** With all aliases written out. */
  bytes: number;
  depth: number;
}

type Open =
  | { kind: 'sequence'; node: YamlSequence; anchor: string | null; bytes: number; depth: number }
  | {
      kind: 'mapping';
      node: YamlMapping;
      anchor: string | null;
      bytes: number;
      depth: number;
      key: { scalar: YamlScalar; isMerge: boolean } | null;
    };

/** Builds one document's nodes from the parser's events, in Ruby's way; `parse` says in which. */
export class Composer {
  private readonly source: string;
  private readonly file: string;
  private readonly limits: ComposeLimits;
  private readonly anchors = new Map<string, Composed | 'open'>();
  private readonly lineStarts: number[];
  private root: YamlNode | null = null;

  constructor(source: string, file: string, limits: ComposeLimits) {
    this.source = source;
    this.file = file;
    this.limits = limits;
    this.lineStarts = [0];
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1))
      this.lineStarts.push(at + 1);
  }

  compose(events: Event[]): YamlNode | null {
    const open: Open[] = [];
    let last = 0;
    for (const event of events) {
      switch (event.type) {
        case EVENT_ID.SEQUENCE:
        case EVENT_ID.MAPPING: {
          last = event.start;
          const anchor = this.slice(event.anchorStart, event.anchorEnd);
          const tag = this.slice(event.tagStart, event.tagEnd);
          if (tag?.startsWith('!ruby/'))
            this.disallow(new DisallowedClass(tag.replace(/^!ruby\/[^:]*:?/, '')), last);
          if (tag === '!reference')
            refuse('unsupported', '`!reference` is not supported yet', this.position(last));
          if (anchor !== null) this.anchors.set(anchor, 'open');
          if (open.length >= this.limits.max_yaml_depth) this.tooBig(last);
          const position = this.position(last);
          const common = { anchor, bytes: NODE_BYTES, depth: 1 };
          open.push(
            event.type === EVENT_ID.SEQUENCE
              ? {
                  ...common,
                  kind: 'sequence',
                  node: { kind: 'sequence', items: [], position },
                }
              : {
                  ...common,
                  kind: 'mapping',
                  node: { kind: 'mapping', entries: new Map(), position },
                  key: null,
                },
          );
          break;
        }
        case EVENT_ID.SCALAR: {
          if (event.valueStart >= 0) last = event.valueStart;
          const anchor = this.slice(event.anchorStart, event.anchorEnd);
          const tag = this.slice(event.tagStart, event.tagEnd);
          const raw = event.valueStart < 0 ? '' : getScalarValue(this.source, event);
          const isPlain = event.style === SCALAR_STYLE.PLAIN;
          const node = {
            kind: 'scalar' as const,
            ...this.resolve(raw, tag, isPlain, last),
            position: this.position(last),
          };
          const composed = { node, bytes: NODE_BYTES + raw.length, depth: 0 };
          if (anchor !== null) this.anchors.set(anchor, composed);
          this.add(open.at(-1), composed, { isMerge: isPlain && tag === null && raw === '<<', at: last });
          break;
        }
        case EVENT_ID.ALIAS: {
          last = event.anchorStart;
          const name = this.slice(event.anchorStart, event.anchorEnd) ?? '';
          const target = this.anchors.get(name);
          if (target === undefined) refuse('syntax', `Unknown alias: ${name}`, this.position(last));
          if (target === 'open') this.tooBig(last);
          this.add(open.at(-1), target, { isAlias: true, at: last });
          break;
        }
        case EVENT_ID.POP: {
          const done = open.pop();
          if (done === undefined) break;
          const composed = { node: done.node, bytes: done.bytes, depth: done.depth };
          if (done.anchor !== null) this.anchors.set(done.anchor, composed);
          this.add(open.at(-1), composed, { at: last });
          break;
        }
      }
    }
    return this.root;
  }

  private add(
    parent: Open | undefined,
    child: Composed,
    how: { isMerge?: boolean; isAlias?: boolean; at: number },
  ): void {
    if (parent === undefined) {
      this.root = child.node;
      return;
    }
    parent.bytes += child.bytes;
    parent.depth = Math.max(parent.depth, child.depth + 1);
    if (parent.bytes > this.limits.max_yaml_size_bytes || parent.depth > this.limits.max_yaml_depth) {
      this.tooBig(how.at);
    }
    if (parent.kind === 'sequence') {
      parent.node.items.push(child.node);
    } else if (parent.key === null) {
      parent.key = { scalar: asKey(child.node), isMerge: how.isMerge === true };
    } else {
      put(parent.node.entries, parent.key, child.node);
      parent.key = null;
    }
  }

  private resolve(raw: string, tag: string | null, isPlain: boolean, at: number): Scalar {
    try {
      if (tag !== null) return resolveTagged(raw, tag, isPlain);
      return isPlain ? resolvePlain(raw) : textScalar(raw);
    } catch (error) {
      if (error instanceof DisallowedClass) this.disallow(error, at);
      throw error;
    }
  }

  private disallow(error: DisallowedClass, at: number): never {
    refuse('syntax', error.message, this.position(at));
  }

  private tooBig(at: number): never {
    refuse('syntax', 'The parsed YAML is too big', this.position(at));
  }

  private slice(start: number, end: number): string | null {
    return start < 0 ? null : this.source.slice(start, end);
  }

  private position(offset: number): Position {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: offset - (this.lineStarts[low] as number) + 1 };
  }
}

/** A collection as a key serves nobody; it becomes a text that no keyword has. */
function asKey(node: YamlNode): YamlScalar {
  return node.kind === 'scalar' ? node : { kind: 'scalar', value: null, text: '[]', position: node.position };
}

function put(
  entries: Map<string, YamlEntry>,
  { scalar, isMerge }: { scalar: YamlScalar; isMerge: boolean },
  value: YamlNode,
): void {
  const merged = isMerge ? mergeValue(value) : null;
  if (merged === null) {
    entries.set(scalar.text, { key: scalar, value });
    return;
  }
  for (const [key, entry] of merged) entries.set(key, entry);
}

/** The pairs that `<<` brings: earlier items of a list win. Null when it is no mapping or list of mappings. */
function mergeValue(value: YamlNode): Map<string, YamlEntry> | null {
  if (value.kind === 'mapping') return value.entries;
  if (value.kind !== 'sequence') return null;
  const pairs = new Map<string, YamlEntry>();
  for (const item of value.items.toReversed()) {
    if (item.kind !== 'mapping') return null;
    for (const [key, entry] of item.entries) pairs.set(key, entry);
  }
  return pairs;
}
