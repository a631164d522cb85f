/** A JSON schema as TypeBox makes it, with the marks of parameters.ts. */
export interface Schema {
  type?: string;
  description?: string;
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  comma?: boolean;
  blank?: boolean;
  [key: string]: unknown;
}

/** How parameters.ts reads a value; clients see its effect, not the mark. */
const MARKS = new Set(['blank', 'single', 'hash', 'comma', 'binary', 'record']);

export const propertiesOf = (schema: object) => (schema as Schema).properties ?? {};

/** Whether a request must give the parameter: it is required and has no default. */
export function isRequired(schema: object, name: string): boolean {
  const { required = [], properties = {} } = schema as Schema;
  return required.includes(name) && properties[name]?.default === undefined;
}

/**
 * The schema as the document states it: shared ones by reference (`names` holds them by their JSON),
 * without our own marks.
 */
export function documentedSchema(schema: object, names: ReadonlyMap<string, string>): object {
  const name = names.get(JSON.stringify(schema));
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  const { blank, ...given } = schema as Schema;
  const stated: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    if (MARKS.has(key)) continue;
    if (key === 'properties') stated[key] = eachOf(value as Record<string, Schema>, names);
    else if (key === 'patternProperties') stated[key] = eachOf(value as Record<string, Schema>, names);
    else if (key === 'anyOf') stated[key] = (value as Schema[]).map((one) => documentedSchema(one, names));
    else if (
      (key === 'items' || key === 'additionalProperties') &&
      typeof value === 'object' &&
      value !== null
    )
      stated[key] = documentedSchema(value, names);
    else stated[key] = value;
  }
  return blank === false ? { ...stated, minLength: 1 } : stated;
}

const eachOf = (schemas: Record<string, Schema>, names: ReadonlyMap<string, string>) =>
  Object.fromEntries(Object.entries(schemas).map(([key, each]) => [key, documentedSchema(each, names)]));
