import { type Static, type TArray, type TObject, type TSchema, type TString, Type } from 'typebox';
import { badParameters } from '../errors.ts';
import { isHash } from './nested.ts';

/**
 * Checks and converts the parameters of a request against their schema, with the words GitLab's clients
 * know: `x is missing`, `x is invalid`, `x does not have a valid value`, `x is empty`. Values come from
 * queries and forms as text, from JSON as they are; both convert. Unknown names are dropped.
 */
export function readParameters<P extends TObject>(schema: P, raw: Record<string, unknown>): Static<P> {
  const problems: string[] = [];
  const values = readObject(schema, raw, '', problems);
  if (problems.length > 0) throw badParameters(problems);
  return values as Static<P>;
}

/** A list for which one bare value, and a hash of values where `hash` is said, stand as well. */
export const listOf = <T extends TSchema>(items: T, options: { hash?: boolean } = {}) =>
  Type.Array(items, { single: true, ...options });

/** A list that is also understood as text with commas: `a, b`. */
export function commaList(): TArray<TString>;
export function commaList<Item extends TSchema>(items: Item): TArray<Item>;
export function commaList(items: TSchema = Type.String()) {
  return Type.Array(items, { comma: true });
}

/** A text that must hold something. */
export const filled = () => Type.String({ blank: false });

/** A number or a full path, URL-encoded. */
export const subjectId = Type.String({ description: 'The number, or the URL-encoded full path' });

/** The number of a record: one so large that no record can have it names none, and is no mistake. */
export const recordId = () => Type.Integer({ record: true });

/** The fields of a JSON schema that are understood here, with our own marks. */
interface Shape {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Shape[];
  items?: Shape;
  properties?: Record<string, Shape>;
  required?: string[];
  additionalProperties?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  blank?: boolean;
  single?: boolean;
  hash?: boolean;
  comma?: boolean;
  record?: boolean;
  /** Text that may hold any character, NUL too. */
  binary?: boolean;
}

const MISSING = Symbol('missing');

const fields = new WeakMap<object, [name: string, shape: Shape, isRequired: boolean][]>();

function fieldsOf(schema: Shape) {
  let known = fields.get(schema);
  if (!known) {
    const { properties = {}, required = [] } = schema;
    known = Object.entries(properties).map(([name, shape]) => [name, shape, required.includes(name)]);
    fields.set(schema, known);
  }
  return known;
}

function readObject(schema: TSchema, raw: Record<string, unknown>, path: string, problems: string[]): object {
  const { properties = {}, additionalProperties } = schema as Shape;
  const values: Record<string, unknown> = {};
  for (const [name, shape, isRequired] of fieldsOf(schema as Shape)) {
    const at = path ? `${path}[${name}]` : name;
    const given = Object.hasOwn(raw, name) ? raw[name] : undefined;
    const value = given === undefined ? MISSING : readValue(shape, given, at, problems);
    if (value !== MISSING) values[name] = value;
    else if (shape.default !== undefined) values[name] = shape.default;
    else if (isRequired && !problems.some((problem) => problem.startsWith(`${at} `)))
      problems.push(`${at} is missing`);
  }
  if (typeof additionalProperties === 'object' && additionalProperties !== null)
    for (const [name, given] of Object.entries(raw)) {
      if (name in properties) continue;
      const value = readValue(additionalProperties, given, `${path}[${name}]`, problems);
      if (value !== MISSING) Object.defineProperty(values, name, { value, enumerable: true });
    }
  return values;
}

function readValue(shape: Shape, given: unknown, at: string, problems: string[]): unknown {
  const bad = (what: string) => {
    problems.push(`${at} ${what}`);
    return MISSING;
  };
  if (shape.anyOf) return readUnion(shape.anyOf, given, at, problems);
  if (given === null && (shape.type || shape.enum)) return shape.type === 'null' ? null : MISSING;
  if (shape.enum) {
    const text = typeof given === 'string' || typeof given === 'number' ? String(given) : null;
    const known = shape.enum.find((value) => String(value) === text);
    return known === undefined ? bad('does not have a valid value') : known;
  }
  switch (shape.type) {
    case 'integer':
    case 'number': {
      if (given === '') return MISSING;
      const value = toNumber(given, shape.type === 'integer');
      if (value === null && shape.record && isWhole(given)) return Number.MAX_SAFE_INTEGER;
      if (value === null) return bad('is invalid');
      if (value < (shape.minimum ?? -Infinity) || value > (shape.maximum ?? Infinity))
        return bad('does not have a valid value');
      return value;
    }
    case 'boolean': {
      if (given === '') return MISSING;
      const value = BOOLEANS.get(typeof given === 'string' ? given.toLowerCase() : given);
      return value === undefined ? bad('is invalid') : value;
    }
    case 'string': {
      if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean')
        return bad('is invalid');
      const text = String(given);
      if (shape.blank === false && text.trim() === '') return bad('is empty');
      if (!shape.binary && (text.includes('\0') || !text.isWellFormed())) return bad('is invalid');
      if (text.length > (shape.maxLength ?? Infinity))
        return bad(`is too long (maximum is ${shape.maxLength} characters)`);
      return text;
    }
    case 'array':
      return readArray(shape, given, at, problems);
    case 'object':
      return isHash(given) ? readObject(shape as TSchema, given, at, problems) : bad('is invalid');
    default:
      return given;
  }
}

function readArray(shape: Shape, given: unknown, at: string, problems: string[]): unknown {
  const items = shape.items ?? {};
  let list: unknown[];
  if (Array.isArray(given)) list = given;
  else if (shape.comma && typeof given === 'string')
    list = given
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
  else if (isHash(given) && (shape.hash || items.type === 'object') && isNumbered(given))
    list = Object.values(given);
  else if (shape.single && !isHash(given)) list = given === '' ? [] : [given];
  else {
    problems.push(`${at} is invalid`);
    return MISSING;
  }
  const ofHashes = items.type === 'object';
  const values: unknown[] = [];
  const before = problems.length;
  for (const [index, item] of list.entries()) {
    const value = readValue(items, item, ofHashes ? `${at}[${index}]` : at, problems);
    if (value !== MISSING) values.push(value);
    if (!ofHashes && problems.length > before) return MISSING;
  }
  // Words that may be repeated a thousand times say no more than once.
  return items.enum ? [...new Set(values)] : values;
}

function readUnion(shapes: Shape[], given: unknown, at: string, problems: string[]): unknown {
  if (given === null) return shapes.some(({ type }) => type === 'null') ? null : MISSING;
  let first: string[] | undefined;
  for (const shape of shapes) {
    if (shape.type === 'null') continue;
    const found: string[] = [];
    const value = readValue(shape, given, at, found);
    if (found.length === 0) return value;
    first ??= found;
  }
  problems.push(...(first ?? [`${at} is invalid`]));
  return MISSING;
}

const BOOLEANS = new Map<unknown, boolean>([
  ...[true, 1, 'true', '1', 't', 'on', 'yes', 'y'].map((word) => [word, true] as const),
  ...[false, 0, 'false', '0', 'f', 'off', 'no', 'n'].map((word) => [word, false] as const),
]);

function toNumber(given: unknown, whole: boolean): number | null {
  const value =
    typeof given === 'string' && (whole ? /^[+-]?\d+$/ : /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i).test(given)
      ? Number(given)
      : given;
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return whole && !Number.isSafeInteger(value) ? null : value;
}

const isWhole = (given: unknown) =>
  typeof given === 'string' ? /^[+-]?\d+$/.test(given) : Number.isInteger(given);

const isNumbered = (hash: Record<string, unknown>) => Object.keys(hash).every((key) => /^\d+$/.test(key));
