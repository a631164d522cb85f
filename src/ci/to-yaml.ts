import {
  COLLECTION_STYLE,
  CORE_SCHEMA,
  DEFAULT_SCALAR_STYLE_RULES,
  type Node,
  present,
  SCALAR_STYLE,
  type ScalarStyleRule,
} from 'js-yaml';
import { resolvePlain } from './yaml-scalar.ts';
import type { YamlMapping, YamlNode, YamlScalar } from './yaml-node.ts';

/**
 * The configuration as one YAML document, laid out as Ruby does it. Whoever reads it as `parse` does, or as Ruby, finds the
 * same values: text that YAML 1.1 takes for something else is quoted.
 */
export function toYaml(root: YamlMapping): string {
  const rules = [quoteWhatIsNoText, ...Object.values(DEFAULT_SCALAR_STYLE_RULES)];
  return present([{ contents: nodeOf(root), explicitStart: true, directives: [] }], {
    schema: CORE_SCHEMA,
    seqNoIndent: true,
    lineWidth: -1,
    scalarStyleRules: rules,
  });
}

const STRING = 'tag:yaml.org,2002:str';

/** Unquoted, a text must come back as the text that it is. */
const quoteWhatIsNoText: ScalarStyleRule = (layout) => {
  const { node } = layout;
  if (node.tag === STRING && !isPlainText(node.value)) layout.style = SCALAR_STYLE.SINGLE_QUOTED;
};

function isPlainText(value: string): boolean {
  try {
    return resolvePlain(value).value === value;
  } catch {
    return false;
  }
}

function nodeOf(node: YamlNode): Node {
  if (node.kind === 'scalar') return scalarOf(node);
  if (node.kind === 'sequence')
    return {
      ...plain('seq'),
      kind: 'sequence',
      style: styleOf(node.items.length),
      items: node.items.map(nodeOf),
    };
  const items = [...node.entries.values()].map(({ key, value }) => ({
    key: keyOf(key),
    value: nodeOf(value),
  }));
  return { ...plain('map'), kind: 'mapping', style: styleOf(items.length), items };
}

/** What is empty has no place in the block style. */
const styleOf = (length: number) => (length === 0 ? COLLECTION_STYLE.FLOW : COLLECTION_STYLE.BLOCK);

const plain = (tag: string) => ({ tag: `tag:yaml.org,2002:${tag}`, tagged: false });

const scalar = (tag: string, value: string): Node => ({
  ...plain(tag),
  kind: 'scalar',
  style: SCALAR_STYLE.PLAIN,
  value,
});

/** Ruby prints them so, and writes them so. */
const NO_NUMBERS: Record<string, string> = { Infinity: '.inf', '-Infinity': '-.inf', NaN: '.nan' };

/** `<<` is told from a merge by its tag alone. */
const keyOf = ({ text }: YamlScalar): Node =>
  text === '<<'
    ? { kind: 'scalar', style: SCALAR_STYLE.PLAIN, tag: '!!str', tagged: true, value: text }
    : scalar('str', text);

function scalarOf({ value, text }: YamlScalar): Node {
  if (typeof value === 'string') return scalar('str', value);
  if (value === null) return scalar('null', 'null');
  if (typeof value === 'boolean') return scalar('bool', text);
  return scalar(/^-?\d+$/.test(text) ? 'int' : 'float', NO_NUMBERS[text] ?? text);
}
