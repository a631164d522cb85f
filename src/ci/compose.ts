import {
  EVENT_ID,
  getScalarValue,
  SCALAR_STYLE,
  type AliasEvent,
  type Event,
  type MappingEvent,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import type { Places } from './places.ts';
import { problem, type Problem, refuse } from './problem.ts';
import { REFERENCE_TAG, referenceTo } from './reference.ts';
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

/** What makes `<<` a key like any other; quotes do not. */
const STRING_TAGS = ['!!str', '!<tag:yaml.org,2002:str>'];

/** Their text begins behind the quote. */
const QUOTED: readonly number[] = [SCALAR_STYLE.SINGLE_QUOTED, SCALAR_STYLE.DOUBLE_QUOTED];

/** Keys that are written twice and told of, for each document. */
const MOST_REPEATED = 20;

/** What a node costs beside its text, so that a bomb of empty lists is one too. */
const NODE_BYTES = 40;

interface Composed {
  node: YamlNode;
  /** With all aliases written out. */
  bytes: number;
  depth: number;
}

type Open =
  | (OpenCollection & { kind: 'sequence'; node: YamlSequence })
  | (OpenCollection & {
      kind: 'mapping';
      node: YamlMapping;
      key: { scalar: YamlScalar; isMerge: boolean } | null;
      /** Keys that `<<` has brought last; null: none has. */
      merged: Set<string> | null;
    });

interface OpenCollection {
  anchor: string | null;
  bytes: number;
  depth: number;
  isReference: boolean;
}

/** Builds one document's nodes from the parser's events, in Ruby's way; `parse` says in which. */
export class Composer {
  private readonly source: string;
  private readonly position: Places;
  private readonly limits: ComposeLimits;
  private readonly anchors = new Map<string, Composed | 'open'>();
  /** The collections being filled, innermost last. */
  private readonly open: Open[] = [];
  private root: YamlNode | null = null;
  /** Offset of the last thing seen that has a place. */
  private last = 0;
  /** Keys that are written twice in one mapping, of which the earlier says nothing. */
  readonly repeated: Problem[] = [];

  /** `places`: where the characters of `source` are written. */
  constructor(source: string, places: Places, limits: ComposeLimits) {
    this.source = source;
    this.position = places;
    this.limits = limits;
  }

  compose(events: Event[]): YamlNode | null {
    for (const event of events) {
      switch (event.type) {
        case EVENT_ID.SEQUENCE:
        case EVENT_ID.MAPPING:
          this.begin(event);
          break;
        case EVENT_ID.SCALAR:
          this.addScalar(event);
          break;
        case EVENT_ID.ALIAS:
          this.addAlias(event);
          break;
        case EVENT_ID.POP:
          this.end();
          break;
      }
    }
    return this.root;
  }

  private begin(event: SequenceEvent | MappingEvent): void {
    this.last = event.start;
    const anchor = this.slice(event.anchorStart, event.anchorEnd);
    const tag = this.slice(event.tagStart, event.tagEnd);
    const isReference = tag === REFERENCE_TAG;
    const position = this.position(isReference ? event.tagStart : this.last);
    if (tag?.startsWith('!ruby/')) this.disallow(new DisallowedClass(tag.replace(/^!ruby\/[^:]*:?/, '')));
    if (this.open.length >= this.limits.max_yaml_depth) this.tooBig();
    if (anchor !== null) this.anchors.set(anchor, 'open');
    const common = { anchor, bytes: NODE_BYTES, depth: 1, isReference };
    this.open.push(
      event.type === EVENT_ID.SEQUENCE
        ? { ...common, kind: 'sequence', node: { kind: 'sequence', items: [], position } }
        : {
            ...common,
            kind: 'mapping',
            node: { kind: 'mapping', entries: new Map(), position },
            key: null,
            merged: null,
          },
    );
  }

  private addScalar(event: ScalarEvent): void {
    // An empty value has no place of its own; it gets that of what comes before.
    if (event.valueStart >= 0) this.last = event.valueStart - (QUOTED.includes(event.style) ? 1 : 0);
    const anchor = this.slice(event.anchorStart, event.anchorEnd);
    const tag = this.slice(event.tagStart, event.tagEnd);
    const raw = event.valueStart < 0 ? '' : getScalarValue(this.source, event);
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    const scalar = this.resolve(raw, tag, isPlain);
    // Neither a process nor every database can be given such a text.
    if (scalar.text.includes('\0'))
      refuse('syntax', 'A text holds the character NUL', this.position(this.last));
    if (!scalar.text.isWellFormed())
      refuse('syntax', 'A text holds half of a character', this.position(this.last));
    const isReference = tag === REFERENCE_TAG;
    const position = this.position(isReference ? event.tagStart : this.last);
    const node: YamlNode = isReference
      ? referenceTo({ kind: 'scalar', ...textScalar(raw), position })
      : { kind: 'scalar', ...scalar, position };
    const composed = { node, bytes: NODE_BYTES + raw.length, depth: 0 };
    if (anchor !== null) this.anchors.set(anchor, composed);
    this.add(composed, { isMerge: scalar.value === '<<' && !STRING_TAGS.includes(tag ?? '') });
  }

  private addAlias(event: AliasEvent): void {
    this.last = event.anchorStart;
    const name = this.slice(event.anchorStart, event.anchorEnd) ?? '';
    const target = this.anchors.get(name);
    if (target === undefined) refuse('syntax', `Unknown alias: ${name}`, this.position(this.last));
    // What contains itself has no end.
    if (target === 'open') this.tooBig();
    this.add(target, { isAlias: true });
  }

  private end(): void {
    const done = this.open.pop();
    if (done === undefined) return;
    const node = done.isReference ? referenceTo(done.node) : done.node;
    const composed = { node, bytes: done.bytes, depth: done.depth };
    if (done.anchor !== null) this.anchors.set(done.anchor, composed);
    this.add(composed);
  }

  private add(child: Composed, { isMerge = false, isAlias = false } = {}): void {
    const parent = this.open.at(-1);
    if (parent === undefined) {
      this.root = child.node;
      return;
    }
    parent.bytes += child.bytes;
    parent.depth = Math.max(parent.depth, child.depth + 1);
    if (parent.bytes > this.limits.max_yaml_size_bytes || parent.depth > this.limits.max_yaml_depth) {
      this.tooBig();
    }
    if (parent.kind === 'sequence') {
      parent.node.items.push(child.node);
    } else if (parent.key === null) {
      parent.key = { scalar: asKey(child.node), isMerge };
    } else {
      this.put(parent, parent.key, child.node, isAlias);
      parent.key = null;
    }
  }

  private put(
    parent: Open & { kind: 'mapping' },
    { scalar, isMerge }: { scalar: YamlScalar; isMerge: boolean },
    value: YamlNode,
    isAlias: boolean,
  ): void {
    const { entries } = parent.node;
    const merged = isMerge ? mergeValue(value, isAlias) : null;
    if (merged === null) {
      const earlier = entries.get(scalar.text);
      if (earlier && !parent.merged?.delete(scalar.text)) this.tellRepeated(scalar, earlier.key);
      entries.set(scalar.text, { key: scalar, value });
      return;
    }
    parent.merged ??= new Set();
    for (const [key, entry] of merged) {
      entries.set(key, entry);
      parent.merged.add(key);
    }
  }

  private tellRepeated({ text, position }: YamlScalar, earlier: YamlScalar): void {
    if (this.repeated.length >= MOST_REPEATED) return;
    const message = `\`${text}\` is written twice: what line ${earlier.position.line} says of it has no effect`;
    this.repeated.push(problem('repeated', message, position));
  }

  private resolve(raw: string, tag: string | null, isPlain: boolean): Scalar {
    try {
      if (tag !== null) return resolveTagged(raw, tag, isPlain);
      return isPlain ? resolvePlain(raw) : textScalar(raw);
    } catch (error) {
      if (error instanceof DisallowedClass) this.disallow(error);
      throw error;
    }
  }

  private disallow(error: DisallowedClass): never {
    refuse('syntax', error.message, this.position(this.last));
  }

  private tooBig(): never {
    refuse('syntax', 'The parsed YAML is too big', this.position(this.last));
  }

  private slice(start: number, end: number): string | null {
    return start < 0 ? null : this.source.slice(start, end);
  }
}

/** A collection as a key serves nobody; it becomes a text that no keyword has. */
function asKey(node: YamlNode): YamlScalar {
  return node.kind === 'scalar' ? node : { kind: 'scalar', value: null, text: '[]', position: node.position };
}

/**
 * The pairs that `<<` brings: earlier items of a list win. Null when it is no mapping or list of mappings; a list has
 * to stand there itself.
 */
function mergeValue(value: YamlNode, isAlias: boolean): Map<string, YamlEntry> | null {
  if (value.kind === 'mapping') return value.entries;
  if (value.kind !== 'sequence' || value.reference || isAlias) return null;
  const pairs = new Map<string, YamlEntry>();
  for (const item of value.items.toReversed()) {
    if (item.kind !== 'mapping') return null;
    for (const [key, entry] of item.entries) pairs.set(key, entry);
  }
  return pairs;
}
