import { beforeAll, describe, expect, test } from 'vitest';
import { CREDENTIAL, GROUP, INSTANCE, PROJECT } from '../../src/access/permissions.ts';
import { type Caller, CALLERS, decide, type Outcome, type Subject } from '../permissions/decide.ts';
import { EXPECTED, type Expected } from '../permissions/expected.ts';
import { type Place, Scene } from '../permissions/scene.ts';
import { databases } from '../support/databases.ts';
import { bootServer } from '../support/server.ts';

const VISIBILITIES = ['private', 'internal', 'public'] as const;
const PLACES: Subject[] = [
  ...VISIBILITIES.map((visibility) => ({ visibility, jobs: 'public' as const })),
  ...VISIBILITIES.map((visibility) => ({ visibility, jobs: 'not public' as const })),
  ...VISIBILITIES.map((visibility) => ({ visibility, jobs: 'for members' as const })),
];
const nameOf = (route: { method: string; path: string }) => `${route.method} ${route.path}`;

describe.each(databases)('permissions on %s', async (database) => {
  const server = await bootServer({ database });
  let scene: Scene;
  let places: Place[];
  beforeAll(async () => {
    scene = await Scene.make(server);
    places = await Promise.all(PLACES.map((subject) => scene.place(subject)));
  });

  test('every route stands in the table, and every line is a route', () => {
    expect(server.routes.map(nameOf).toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  });

  test('every route names an ability', () => {
    const known = new Set([...[PROJECT, GROUP, INSTANCE].flatMap(Object.keys), ...CREDENTIAL]);
    expect(server.routes.filter(({ ability }) => !known.has(ability)).map(nameOf)).toEqual([]);
  });

  test.each(Object.entries(EXPECTED))('%s', async (name, line) => {
    const [method = '', path = ''] = name.split(' ');
    const wanted: Record<string, Outcome> = {};
    const found: Record<string, Outcome> = {};
    const ask = async (standing: Place, caller: Caller) => {
      const { visibility, jobs } = standing.subject;
      const key = `${caller} on ${visibility}, jobs ${jobs}`;
      const may = decide(method, line, caller, standing.subject);
      const usesUp = may === line.ok ? line.consumes : undefined;
      const place = usesUp === 'subject' ? await scene.throwaway(kindOf(line), standing) : standing;
      const headers =
        usesUp === 'token' ? await scene.throwawayToken(caller) : scene.credentials(caller, place);
      wanted[key] = may;
      found[key] = await outcome(method, path, line, place, headers);
    };
    for (const place of placesOf(line, places))
      await Promise.all(CALLERS.map((caller) => ask(place, caller)));
    expect(found).toEqual(wanted);
  });

  async function outcome(
    method: string,
    path: string,
    line: Expected,
    place: Place,
    headers: Record<string, string>,
  ): Promise<Outcome> {
    const known: Record<string, string> = {
      id: String(idOf(line, place)),
      job_id: String(place.job_id),
      pipeline_id: String(place.pipeline_id),
      ...line.names,
    };
    const filled = path.replace(/:([a-z_]+)\+?/g, (_, name: string) => known[name] ?? '999999');
    const { status, body } = await server.api<unknown>(method, filled + (line.query ?? ''), {
      token: null,
      headers,
      ...(line.body ? { body: line.body } : {}),
    });
    const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : null;
    return status === 404 && /^404 (Project|Group) Not Found$/.test(String(message)) ? 'hidden' : status;
  }
});

function idOf(line: Expected, place: Place): number {
  if ('project' in line) return place.project_id;
  if ('group' in line) return place.group_id;
  return 'runner' in line ? place.runner_id : 999_999;
}

/** What differs by project is asked on all, the rest on one. */
function placesOf(line: Expected, places: Place[]): Place[] {
  if ('project' in line && line.jobs) return places;
  return places.slice(0, 'project' in line || 'group' in line ? VISIBILITIES.length : 1);
}

const kindOf = (line: Expected) => ('project' in line ? 'project' : 'group' in line ? 'group' : 'runner');
