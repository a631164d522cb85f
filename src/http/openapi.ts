import { JOBYARD_VERSION } from '../version.ts';
import { INSTANCE } from '../access/permissions.ts';
import { absolute } from './path.ts';
import type { Route } from './route.ts';
import { documentedSchema, isRequired, propertiesOf, type Schema } from './openapi-schema.ts';

/** Schemas that several replies share, by the names that the document gives them. */
export type NamedSchemas = Record<string, object>;

/** Refusals, by status, with the shapes of their bodies. */
const REFUSALS: Record<number, string> = {
  400: 'A parameter or a field is missing or wrong',
  401: 'No credentials, or none that are good',
  403: 'The caller may not do this, or its token may not',
  404: 'There is no such thing, or the caller may not know of it',
};

/** The names of the abilities that a credential of a request's own gives. */
const OWN_CREDENTIAL = new Set(['runner_token', 'registration_token']);

/** The description of these routes: OpenAPI 3.1. */
export function openApiDocument(routes: readonly Route[], named: NamedSchemas): object {
  const names = new Map(Object.entries(named).map(([name, schema]) => [JSON.stringify(schema), name]));
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = absolute(route.path).replace(/:([a-z_]+)\+?/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route, names);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Jobyard',
      version: JOBYARD_VERSION,
      summary: 'A CI server that speaks GitLab’s REST API v4 for jobs',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ private_token: [] }, { bearer: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].toSorted().map((name) => ({ name })),
    paths,
    components: {
      schemas: {
        Error: {
          type: 'object',
          description: '`message` is a text, or texts by field; `error` is about parameters and tokens',
          properties: {
            message: {
              anyOf: [
                { type: 'string' },
                { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
              ],
            },
            error: { type: 'string' },
            error_description: { type: 'string' },
            scope: { type: 'string' },
          },
        },
        ...Object.fromEntries(
          Object.entries(named).map(([name, schema]) => [
            name,
            documentedSchema(schema, withoutItself(names, name)),
          ]),
        ),
      },
      responses: Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => [
          `Refused${status}`,
          {
            description,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
          },
        ]),
      ),
      securitySchemes: {
        private_token: { type: 'apiKey', in: 'header', name: 'PRIVATE-TOKEN' },
        bearer: { type: 'http', scheme: 'bearer' },
        job_token: { type: 'apiKey', in: 'header', name: 'JOB-TOKEN' },
        own_token: {
          type: 'apiKey',
          in: 'query',
          name: 'token',
          description: 'A runner’s or a registration token, as the parameter `token` in query or body',
        },
      },
    },
  };
}

const withoutItself = (names: ReadonlyMap<string, string>, own: string) =>
  new Map([...names].filter(([, name]) => name !== own));

function operation(route: Route, names: ReadonlyMap<string, string>): object {
  const inPath = new Set([...route.path.matchAll(/:([a-z_]+)/g)].map(([, name]) => name));
  const takesBody = route.method !== 'GET' && route.method !== 'DELETE';
  const rest = Object.entries(propertiesOf(route.params)).filter(([name]) => !inPath.has(name));
  const inQuery = takesBody && route.body === 'parameters' ? [] : rest;
  const parameters = [
    ...[...inPath].map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: documentedSchema(propertiesOf(route.params)[name ?? ''] ?? { type: 'string' }, names),
    })),
    ...inQuery.map(([name, schema]) => queryParameter(route, name, schema, names)),
  ];
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [route.tag],
    security: security(route),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(takesBody ? body(route, rest, names) : {}),
    responses: responses(route, names),
  };
}

function queryParameter(route: Route, name: string, schema: Schema, names: ReadonlyMap<string, string>) {
  const isList = schema.type === 'array';
  return {
    // A list is `scope[]=a&scope[]=b`, or text with commas where it says so.
    name: isList && !schema.comma ? `${name}[]` : name,
    in: 'query',
    required: isRequired(route.params, name),
    ...(schema.description === undefined ? {} : { description: schema.description }),
    ...(isList ? { style: 'form', explode: !schema.comma } : {}),
    ...(schema.type === 'object' ? { style: 'deepObject', explode: true } : {}),
    schema: documentedSchema(schema, names),
  };
}

function body(route: Route, rest: [string, Schema][], names: ReadonlyMap<string, string>) {
  if (route.body === 'stream')
    return {
      requestBody: {
        required: true,
        content: { '*/*': { schema: { type: 'string', format: 'binary' } } },
      },
    };
  if (rest.length === 0) return {};
  const required = rest.map(([name]) => name).filter((name) => isRequired(route.params, name));
  const schema = {
    type: 'object',
    properties: Object.fromEntries(rest.map(([name, each]) => [name, documentedSchema(each, names)])),
    ...(required.length > 0 ? { required } : {}),
  };
  const types = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'];
  return {
    requestBody: {
      required: required.length > 0,
      content: Object.fromEntries(types.map((type) => [type, { schema }])),
    },
  };
}

function responses(route: Route, names: ReadonlyMap<string, string>): Record<string, object> {
  const content =
    route.reply === null
      ? {}
      : typeof route.reply === 'string'
        ? { content: { [route.reply]: { schema: { type: 'string' } } } }
        : { content: { 'application/json': { schema: documentedSchema(route.reply, names) } } };
  const refused = new Set([
    ...(Object.keys(propertiesOf(route.params)).length > 0 ? [400] : []),
    401,
    403,
    ...(route.path.includes(':') ? [404] : []),
  ]);
  return {
    [route.status]: { description: 'Done', ...content },
    ...Object.fromEntries(
      [...refused].map((status) => [status, { $ref: `#/components/responses/Refused${status}` }]),
    ),
  };
}

function security(route: Route): Record<string, string[]>[] {
  if (OWN_CREDENTIAL.has(route.ability)) return [{ own_token: [] }];
  const job: Record<string, string[]>[] = [{ job_token: [] }, { bearer: [] }];
  if (route.ability === 'job_token') return job;
  const open = !route.authenticate && (route.subject !== 'none' || isPublic(route.ability));
  return [
    { private_token: [] },
    ...(route.jobToken ? job : [{ bearer: [] }]),
    // Where everybody may see the project, nobody needs to say who they are.
    ...(open ? [{}] : []),
  ];
}

const isPublic = (ability: string) => (INSTANCE as Record<string, string>)[ability] === 'anonymous';

/** `GET /projects/:id/jobs` → `get_projects_id_jobs`. */
const operationId = ({ method, path }: Route) =>
  `${method.toLowerCase()}_${path
    .replace(/^\/-\//, '')
    .replace(/\/$/, '/slash')
    .replace(/[^a-zA-Z0-9]+/g, '_')}`
    .replace(/_+/g, '_')
    .replace(/_$/, '');
