import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { bootServer } from '../support/server.ts';

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  schema: object;
}
interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Document {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, object>;
    securitySchemes: Record<string, object>;
    responses: Record<string, object>;
  };
}

describe('the description of the API', async () => {
  const server = await bootServer();
  let document: Document;
  let operations: [path: string, method: string, operation: Operation][];
  beforeAll(async () => {
    document = (await server.api<Document>('GET', '/openapi.json', { token: null })).body;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, each]): [string, string, Operation] => [path, method, each]),
    );
  });

  /** Compiles against the whole document, so that its references resolve. */
  const compiler = () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'document');
    return (schema: object) =>
      ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components')));
  };

  test('is OpenAPI 3.1, and names every route once', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations).toHaveLength(server.routes.length);
    const ids = operations.map(([, , { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const routes = server.routes.map(({ method, path }) => {
      const full = /^\/(-|\.well-known|oauth|users\/auth)\//.test(path) ? path : `/api/v4${path}`;
      return `${method} ${full.replace(/:([a-z_]+)\+?/g, '{$1}')}`;
    });
    expect(operations.map(([path, method]) => `${method.toUpperCase()} ${path}`).toSorted()).toEqual(
      routes.toSorted(),
    );
  });

  test('declares each name of a path as a required parameter, and no parameter twice', () => {
    for (const [path, , { parameters = [] }] of operations) {
      const named = [...path.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => name);
      const inPath = parameters.filter((each) => each.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual(named);
      expect(inPath.every(({ required }) => required)).toBe(true);
      const keys = parameters.map((each) => `${each.in} ${each.name}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test('uses tags and security schemes that it declares, and says how each route may be refused', () => {
    const tags = new Set(document.tags.map(({ name }) => name));
    const schemes = new Set(Object.keys(document.components.securitySchemes));
    for (const [path, method, each] of operations) {
      expect(each.tags.every((tag) => tags.has(tag))).toBe(true);
      expect(each.security.flatMap(Object.keys).filter((name) => !schemes.has(name))).toEqual([]);
      expect(each.security.length, `${method} ${path}`).toBeGreaterThan(0);
      expect(Object.keys(each.responses)).toContain('401');
      expect(each.summary).not.toMatch(/\.$|^$/);
    }
  });

  test('holds only schemas that compile and references that lead somewhere', () => {
    const compile = compiler();
    const schemas = operations.flatMap(([, , { parameters = [], requestBody, responses }]) => [
      ...parameters.map(({ schema }) => schema),
      ...[requestBody, ...Object.values(responses)].flatMap((each) =>
        Object.values(each?.content ?? {}).map(({ schema }) => schema),
      ),
    ]);
    expect(schemas.length).toBeGreaterThan(operations.length);
    for (const schema of [...schemas, ...Object.values(document.components.schemas)]) compile(schema);
    const references = JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/(\w+)"/g);
    const { components } = document as { components: Record<string, Record<string, object>> };
    for (const [reference, kind = '', name = ''] of references)
      expect(components[kind]?.[name], reference).toBeDefined();
  });

  test('describes what the server answers', async () => {
    const { body: project } = await server.api<{ id: number }>('POST', '/projects', { body: { name: 'p' } });
    const compile = compiler();
    const asked = [
      ['/user', '/api/v4/user'],
      ['/users', '/api/v4/users'],
      ['/projects', '/api/v4/projects'],
      [`/projects/${project.id}`, '/api/v4/projects/{id}'],
      [`/projects/${project.id}/members/all`, '/api/v4/projects/{id}/members/all'],
      ['/personal_access_tokens', '/api/v4/personal_access_tokens'],
      ['/namespaces', '/api/v4/namespaces'],
    ] as const;
    for (const [path, documented] of asked) {
      const schema =
        document.paths[documented]?.['get']?.responses['200']?.content?.['application/json']?.schema;
      const valid = compile(schema ?? {});
      const { body } = await server.api('GET', path);
      expect(valid(body), `${path} ${JSON.stringify(valid.errors)}`).toBe(true);
      expect(valid(Array.isArray(body) ? [{ odd: 1 }] : { odd: 1 }), path).toBe(false);
    }
  });

  test('tells secrets of the parser from what clients may send', () => {
    const text = JSON.stringify(document);
    for (const mark of ['"single"', '"blank"', '"comma"', '"hash"']) expect(text).not.toContain(mark);
    const list = document.paths['/api/v4/projects/{id}/jobs']?.['get']?.parameters ?? [];
    expect(list.find(({ name }) => name === 'scope[]')).toMatchObject({ in: 'query', explode: true });
  });

  test('is kept in docs/generated/openapi.json (print it: node test/support/print-openapi.ts)', () => {
    const file = new URL('../../docs/generated/openapi.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(document);
  });
});
