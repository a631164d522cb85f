import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Tables } from '../../src/db/schema.ts';
import { addPerson, addToken, type Person } from '../support/people.ts';
import { rowsOf, seedJob } from '../support/rows.ts';
import type { TestServer } from '../support/server.ts';
import type { Caller, Subject } from './decide.ts';

const MEMBERS = { guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const;
type Named = 'outsider' | keyof typeof MEMBERS | 'admin';

/** What a path can name, and the token of a job that runs in it. */
export interface Place {
  subject: Subject;
  group_id: number;
  project_id: number;
  pipeline_id: number;
  job_id: number;
  runner_id: number;
  job_token: string;
}

let made = 0;

/** All who call, and the groups and projects they call on: the roles are the groups' members. */
export class Scene {
  readonly #server: TestServer;
  readonly #rows: Kysely<Tables>;
  readonly #people: Record<Named, Person>;
  readonly #tokens: Map<Caller, string>;

  private constructor(
    server: TestServer,
    rows: Kysely<Tables>,
    people: Record<Named, Person>,
    tokens: Map<Caller, string>,
  ) {
    this.#server = server;
    this.#rows = rows;
    this.#people = people;
    this.#tokens = tokens;
  }

  static async make(server: TestServer): Promise<Scene> {
    const { api } = server;
    const rows = await rowsOf(server);
    const people = Object.fromEntries(
      await Promise.all(
        (['outsider', 'guest', 'reporter', 'developer', 'maintainer', 'owner', 'admin'] as const).map(
          async (name) => [name, await addPerson(api, name, name === 'admin')],
        ),
      ),
    ) as Record<Named, Person>;
    const tokens = new Map<Caller, string>(
      Object.entries(people).map(([name, { token }]) => [name as Named, token]),
    );
    const owner = people.owner.id;
    tokens.set('read_api', await addToken(api, owner, ['read_api']));
    tokens.set('expired', await addToken(api, owner, ['api'], '2020-01-01'));
    const revoked = await addToken(api, owner, ['api']);
    await api('DELETE', '/personal_access_tokens/self', { token: revoked });
    tokens.set('revoked', revoked);
    const scene = new Scene(server, rows, people, tokens);
    const { token } = people.developer;
    const elsewhere = await api<{ id: number }>('POST', '/projects', { token, body: { name: 'elsewhere' } });
    const other = 'glcbt-of-another-project';
    await seedJob(rows, {
      project_id: elsewhere.body.id,
      user_id: people.developer.id,
      status: 'running',
      token: other,
    });
    tokens.set('other_job', other);
    return scene;
  }

  /** A group of this visibility with all roles as members, and a project in it with a job that runs. */
  async place(subject: Subject): Promise<Place> {
    const { visibility } = subject;
    const group_id = await this.#group(visibility);
    const path = `place-${++made}`;
    const project_id = await this.#create('/projects', {
      name: path,
      namespace_id: group_id,
      visibility,
      initialize_with_readme: true,
      public_jobs: subject.jobs !== 'not public',
      builds_access_level: subject.jobs === 'for members' ? 'private' : 'enabled',
    });
    const runner_id = await this.#runner(project_id);
    const folder = join(this.#server.data, 'repositories', `${project_id}.git`);
    const sha = execFileSync('git', ['--git-dir', folder, 'rev-parse', 'main'], { encoding: 'utf8' }).trim();
    const job_token = `glcbt-${path}`;
    const job = await seedJob(this.#rows, {
      project_id,
      user_id: this.#people.developer.id,
      status: 'running',
      token: job_token,
      sha,
    });
    return {
      subject,
      group_id,
      project_id,
      runner_id,
      job_token,
      job_id: job.id,
      pipeline_id: job.pipeline_id,
    };
  }

  /** A caller's credentials at a place. */
  credentials(caller: Caller, place: Place): Record<string, string> {
    if (caller === 'anonymous') return {};
    if (caller === 'job') return { 'job-token': place.job_token };
    const token = this.#tokens.get(caller) ?? '';
    return caller === 'other_job' ? { 'job-token': token } : { 'private-token': token };
  }

  /** The same place with a group, project or runner of its own, that a call may use up. */
  async throwaway(kind: 'group' | 'project' | 'runner', place: Place): Promise<Place> {
    const { visibility } = place.subject;
    if (kind === 'group') return { ...place, group_id: await this.#group(visibility) };
    if (kind === 'runner') return { ...place, runner_id: await this.#runner(place.project_id) };
    const body = { name: `throwaway-${++made}`, namespace_id: place.group_id, visibility };
    return { ...place, project_id: await this.#create('/projects', body) };
  }

  /** Credentials of the same caller that a call may use up. */
  async throwawayToken(caller: Caller): Promise<Record<string, string>> {
    const person = this.#people[(caller === 'read_api' ? 'owner' : caller) as Named];
    const scope = caller === 'read_api' ? 'read_api' : 'api';
    return { 'private-token': await addToken(this.#server.api, person.id, [scope]) };
  }

  async #group(visibility: string): Promise<number> {
    const path = `group-${++made}`;
    const group_id = await this.#create('/groups', { name: path, path, visibility });
    for (const [role, access_level] of Object.entries(MEMBERS)) {
      const user_id = this.#people[role as keyof typeof MEMBERS].id;
      await this.#create(`/groups/${group_id}/members`, { user_id, access_level });
    }
    return group_id;
  }

  async #runner(project_id: number): Promise<number> {
    return this.#create('/user/runners', { runner_type: 'project_type', project_id });
  }

  async #create(path: string, body: object): Promise<number> {
    const { status, body: reply } = await this.#server.api<{ id: number }>('POST', path, { body });
    if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(reply)}`);
    return reply.id;
  }
}
