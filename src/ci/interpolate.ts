import { type Contexts, readAccess } from './input-access.ts';
import { applyFunctions, type FindVariable } from './input-functions.ts';
import { originOf, type Piece } from './origin.ts';
import type { Places } from './places.ts';
import { refuse } from './problem.ts';
import { jsonOf } from './yaml-value.ts';

export interface Filled {
  text: string;
  /** The offset in the text as it was written; of what is filled in, that of its block. */
  origin: (offset: number) => number;
}

const [OPEN, CLOSE] = ['$[[', ']]'];
const MAX_BLOCKS = 10_000;
const MAX_FUNCTIONS = 3;
/** How many complaints are told at once, as GitLab has it. */
const TOLD = 3;
/** Contexts whose blocks stay, since they are filled in later. */
const LATER = ['matrix'];

/**
 * The text with every `$[[ … ]]` replaced: texts as they are, other values as JSON. Stops at the first block that
 * has no value, and when it comes to more than `most` characters.
 */
export function interpolate(
  text: string,
  places: Places,
  contexts: Contexts,
  find: FindVariable,
  most: number,
): Filled {
  const known = new Map<string, string>();
  const pieces: Piece[] = [{ at: 0, from: 0, isFilled: false }];
  let result = '';
  let done = 0;
  for (const { from, block, body } of blocksIn(text)) {
    let value = known.get(block);
    if (value === undefined) {
      if (known.size === MAX_BLOCKS) refuse('inputs', 'too many interpolation blocks', places(from));
      const evaluated = evaluate(block, body, contexts, find);
      if (Array.isArray(evaluated)) refuse('inputs', evaluated.slice(0, TOLD).join(', '), places(from));
      value = evaluated;
      known.set(block, value);
    }
    result += text.slice(done, from);
    done = from + block.length;
    pieces.push({ at: result.length, from, isFilled: true });
    result += value;
    pieces.push({ at: result.length, from: done, isFilled: false });
    if (result.length > most) refuse('syntax', 'The parsed YAML is too big', places(from));
  }
  return { text: result + text.slice(done), origin: (offset) => originOf(pieces, offset) };
}

interface Block {
  /** Where it begins. */
  from: number;
  block: string;
  /** What is within, without the space around it. */
  body: string;
}

/**
 * The blocks of a text, one after the other: each up to the next end, with a body of one line. Goes through the text
 * once, however many begin that do not end.
 */
function* blocksIn(text: string): Generator<Block> {
  let from = text.indexOf(OPEN);
  while (from >= 0) {
    const close = text.indexOf(CLOSE, from + OPEN.length);
    if (close < 0) return;
    const lines = text.slice(from, close).trimEnd();
    const line = from + lines.lastIndexOf('\n') + 1;
    if (line > from) {
      // What has begun on a line before is the block only when nothing else stands between.
      const last = text.lastIndexOf(OPEN, line - 1);
      from = text.slice(last + OPEN.length, line).trim() === '' ? last : text.indexOf(OPEN, line);
      if (from < 0 || from > close) continue;
    }
    const to = close + CLOSE.length;
    const block = text.slice(from, to);
    yield { from, block, body: block.slice(OPEN.length, -CLOSE.length).trim() };
    from = text.indexOf(OPEN, to);
  }
}

/** What stands for the block, or what is wrong with it. */
function evaluate(block: string, body: string, contexts: Contexts, find: FindVariable): string | string[] {
  const [access = '', ...functions] = body.split('|').map((part) => part.trim());
  if (LATER.includes(access.split('.')[0] ?? '')) return block;
  const found = readAccess(access, contexts);
  if ('complaints' in found) return found.complaints;
  if (functions.length > MAX_FUNCTIONS) return ['too many functions in interpolation block'];
  const applied = applyFunctions(functions, found.node, find);
  if ('complaints' in applied) return applied.complaints;
  const { node } = applied;
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.value : jsonOf(node);
}
