import { Readable } from 'node:stream';
import { Compile, type Validator } from 'typebox/compile';
import type { TSchema } from 'typebox';
import { JsonText, type Route } from './route.ts';

const ofRoutes = new WeakMap<Route, Validator>();
/** By the schema's text: each server of a process makes its routes anew, and to compile one takes milliseconds. */
const ofSchemas = new Map<string, Validator>();

/**
 * Compares a successful JSON reply with the schema its route declares; unknown fields do not pass.
 * @throws Error naming the route and the fields that differ
 */
export function checkReply(route: Route, status: number, body: unknown): void {
  // 204 beside a success with a body: there is nothing to say.
  if (status >= 300 || (status === 204 && body === null) || body instanceof Readable) return;
  const where = `${route.method} ${route.path}`;
  if (route.reply === null || typeof route.reply === 'string') {
    if (body !== null && typeof body === 'object')
      throw new Error(`${where} answers JSON, but declares ${route.reply ?? 'no body'}`);
    return;
  }
  const validator = validatorOf(route, route.reply as TSchema);
  const json: unknown = JSON.parse(body instanceof JsonText ? body.text.toString() : JSON.stringify(body));
  if (validator.Check(json)) return;
  const errors = validator.Errors(json).slice(0, 5);
  const list = errors.map(
    (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
  );
  throw new Error(`${where}: the reply is not as declared: ${list.join('; ')}`);
}

function validatorOf(route: Route, schema: TSchema): Validator {
  const known = ofRoutes.get(route);
  if (known) return known;
  const text = JSON.stringify(schema);
  const validator = ofSchemas.get(text) ?? Compile(schema);
  ofSchemas.set(text, validator);
  ofRoutes.set(route, validator);
  return validator;
}
