import type { ScalarValue } from './yaml-node.ts';

const INTEGER =
  /^(?:[-+]?0b[01_,]+|[-+]?0[0-7_,]+|[-+]?(?:0|[1-9](?:[0-9]|,[0-9]|_[0-9])*)|[-+]?0x[0-9a-fA-F_,]+)$/;
const FLOAT = /^[-+]?(?:[0-9][0-9_,]*)?\.[0-9]*(?:[eE][+-][0-9]+)?$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}(\.[0-9_]*)?$/;
const DATE = /^\d{4}-(?:1[012]|0\d|\d)-(?:[12]\d|3[01]|0\d|\d)$/;
const TIME =
  /^-?\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|\s+)\d{1,2}:\d\d:\d\d(?:\.\d*)?(?:\s*(?:Z|[-+]\d{1,2}:?(?:\d\d)?))?$/;

const BINARY_TAGS = ['!!binary', '!binary', '!<tag:yaml.org,2002:binary>'];

export interface Scalar {
  value: ScalarValue;
  text: string;
}

/** A class of values that a configuration may not hold; the message is Ruby's. */
export class DisallowedClass extends Error {
  constructor(name: string) {
    super(`Tried to load unspecified class: ${name}`);
    this.name = 'DisallowedClass';
  }
}

export const text = (value: string): Scalar => ({ value, text: value });

/**
 * An unquoted scalar as Ruby's YAML 1.1 reads it: `yes` and `off` are booleans, `0755` is octal, `1:30` base 60,
 * `1_000` and `1,000` are a thousand, `:name` is the symbol that becomes the text `name`. Throws `DisallowedClass`
 * for a date and for a moment in time.
 */
export function resolvePlain(source: string): Scalar {
  const first = source.charAt(0);
  if (source === '' || source === '~' || /^null$/i.test(source)) return { value: null, text: '' };
  if (/[yYtToO]/.test(first) && /^(?:yes|true|on)$/i.test(source)) return { value: true, text: 'true' };
  if (/[nNfFoO]/.test(first) && /^(?:no|false|off)$/i.test(source)) return { value: false, text: 'false' };
  if (first === ':' && source.length > 1) return text(source.slice(1).replace(/^(["'])(.*)\1$/, '$2'));
  if (!/[-+.0-9]/.test(first)) return text(source);
  if (/^[-+]?\.inf$/i.test(source)) return number(first === '-' ? -Infinity : Infinity);
  if (/^\.nan$/i.test(source)) return number(NaN);
  if (DATE.test(source)) throw new DisallowedClass('Date');
  if (TIME.test(source)) throw new DisallowedClass('Time');
  if (BASE_60.test(source)) return number(fromBase60(source.replaceAll('_', '')), source.includes('.'));
  const digits = source.replace(/[_,]/g, '');
  // What has a prefix and no digit, as `0x_`, is no number.
  if (INTEGER.test(source) && /\d$|^[-+]?0x[\da-f]/i.test(digits)) return integer(digits);
  if (FLOAT.test(source) && !Number.isNaN(Number(digits))) return number(Number(digits), true);
  return text(source);
}

/** A scalar with a tag of its own. Tags that mean nothing here are ignored, as Ruby ignores them. */
export function resolveTagged(source: string, tag: string, isPlain: boolean): Scalar {
  if (tag.startsWith('!ruby/')) throw new DisallowedClass(tag.replace(/^!ruby\/[^:]*:?/, ''));
  if (tag === '!' || tag === '!!str' || tag === '!str') return text(source);
  if (BINARY_TAGS.includes(tag)) return text(Buffer.from(source, 'base64').toString());
  if (tag === '!!float' || tag === '!float') {
    const plain = resolvePlain(source);
    return typeof plain.value === 'number' ? number(plain.value, true) : plain;
  }
  return isPlain ? resolvePlain(source) : text(source);
}

function integer(digits: string): Scalar {
  // A BigInt takes long to be made of many digits and printed again.
  if (/^[-+]?[1-9]\d*$/.test(digits)) return { value: Number(digits), text: digits.replace(/^\+/, '') };
  const sign = digits.startsWith('-') ? -1n : 1n;
  const body = digits.replace(/^[-+]/, '');
  const octal = /^0[0-7]+$/.test(body) ? `0o${body.slice(1)}` : body;
  const value = sign * BigInt(octal);
  return { value: Number(value), text: value.toString() };
}

/** Of two parts Ruby takes the first for hours, and a sign for that of the first alone. */
function fromBase60(source: string): number {
  const [hours = '', minutes = '', seconds = '0'] = source.split(':');
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function number(value: number, isFloat = !Number.isInteger(value)): Scalar {
  return { value, text: isFloat ? rubyFloat(value) : String(value) };
}

/** `1.0`, `1.5`, `1.0e+16`, `1.0e-05`, `Infinity`: how Ruby prints a float. */
function rubyFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    const sign = exponent.charAt(0);
    return `${digits.includes('.') ? digits : `${digits}.0`}e${sign}${exponent.slice(1).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
