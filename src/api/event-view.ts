import { type Caller, isAdmin } from '../access/caller.ts';
import {
  allowsOnGroup,
  allowsOnProject,
  type GroupAbility,
  type ProjectAbility,
  type Role,
  type Visibility,
} from '../access/permissions.ts';
import { ApiError } from '../errors.ts';
import type { RunnerPlaces } from '../events/change.ts';
import type { Event, EventType } from '../events/event.ts';
import type { View } from '../events/follow-events.ts';
import { dayOf } from '../http/day.ts';
import type { Call } from '../http/route.ts';
import { authorizeProject, groupRole, projectRole } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { findGroup, findSubtree } from '../projects/group-store.ts';
import { findDeletedProject, findProject, type Project } from '../projects/project-store.ts';
import { levelOnRunner } from '../runners/runner-details-store.ts';
import { isUsableBy } from '../runners/runner-list-store.ts';
import { findRunner } from '../runners/runner-store.ts';

/** What an event of a project asks for: what the API asks for to show what it tells of. */
const ABILITIES: Record<Exclude<EventType, 'group'>, ProjectAbility> = {
  pipeline: 'read_build',
  job: 'read_build',
  bridge: 'read_build',
  jobs: 'read_build',
  environment: 'read_environment',
  deployment: 'read_deployment',
  ref: 'read_code',
  refs: 'read_code',
  project: 'read_project',
  runner: 'read_project_runners',
  variables: 'admin_cicd_variables',
};
/** The same of a group. */
const ON_GROUP: Partial<Record<EventType, GroupAbility>> = {
  group: 'read_group',
  variables: 'admin_group_cicd_variables',
};

/** Answers kept at most until rights are looked at anew. */
const KEPT = 5000;

interface Scope {
  types: ReadonlySet<EventType>;
  /** Null: all that the caller may see. */
  project_ids: ReadonlySet<number> | null;
  /** The stream is that of one project, where the caller has this role. */
  only: Place | null;
}

/** What a caller may see of what changes, asked of the permissions table and kept until their rights may have changed. */
export class EventView implements View {
  readonly #parts: Pick<Parts, 'db' | 'clock'>;
  readonly #scope: Scope;
  readonly #again: () => Promise<Caller>;
  readonly #known = new Map<string, Promise<boolean>>();
  #caller: Caller;
  /** Of the stream's one project: as it is, and what the caller is and sees there. */
  #only: Project | null;
  #role: Role;
  #abilities: string;

  constructor(
    parts: Pick<Parts, 'db' | 'clock'>,
    { caller, again }: Pick<Call<unknown>, 'caller' | 'again'>,
    scope: Scope,
  ) {
    const { only } = scope;
    this.#parts = parts;
    this.#caller = caller;
    this.#again = again;
    this.#scope = scope;
    this.#only = only && only.project;
    this.#role = only ? only.role : 'anonymous';
    this.#abilities = only ? abilitiesOf(only) : '';
  }

  /** What the caller is in the stream's one project, as it was looked at last. */
  get role(): Role {
    return this.#role;
  }

  async renew(mayHaveChanged: boolean): Promise<'same' | 'changed' | 'lost'> {
    const before = this.#caller;
    try {
      this.#caller = await this.#again();
      // A session that has ended is nobody's.
      if (this.#caller.user?.id !== before.user?.id) return 'lost';
      this.#known.clear();
      if (!this.#only)
        return mayHaveChanged || isAdmin(before) !== isAdmin(this.#caller) ? 'changed' : 'same';
      const { db, clock } = this.#parts;
      const today = dayOf(clock());
      const id = String(this.#only.id);
      const found = await authorizeProject(db.read, this.#caller, id, 'read_build', today);
      const abilities = this.#abilities;
      this.#only = found.project;
      this.#role = found.role;
      this.#abilities = abilitiesOf(found);
      return abilities === this.#abilities ? 'same' : 'changed';
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) return 'lost';
      throw error;
    }
  }

  async sees({ type, subject }: Event): Promise<boolean> {
    const { types, project_ids } = this.#scope;
    const only = this.#only;
    if (!types.has(type)) return false;
    if (subject.of === 'project') {
      if (only && subject.id !== only.id) return false;
      if (project_ids && !project_ids.has(subject.id)) return false;
      if (type === 'group') return false;
      return this.#once(`${type} ${subject.id}`, () => this.#may(ABILITIES[type], subject.id));
    }
    if (subject.of === 'runner') {
      if (subject.left && (await this.#sawRunner(subject.left))) return true;
      if (subject.deleted) return false;
      return this.#once(`runner ${subject.id}`, () => this.#seesRunner(subject.id));
    }
    if (only) return false;
    if (subject.of === 'server') return isAdmin(this.#caller);
    const ability = ON_GROUP[type];
    if (ability === undefined) return false;
    return this.#once(`${type} of group ${subject.id}`, () => this.#mayOnGroup(ability, subject.id));
  }

  /** Asked once until rights are looked at anew. */
  #once(key: string, ask: () => Promise<boolean>): Promise<boolean> {
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= KEPT) this.#known.clear();
    const asked = ask();
    // A failure is no answer.
    asked.catch(() => this.#known.delete(key));
    this.#known.set(key, asked);
    return asked;
  }

  async #may(ability: ProjectAbility, id: number): Promise<boolean> {
    const { db, clock } = this.#parts;
    const project =
      (await findProject(db.read, String(id))) ??
      (ability === 'read_project' ? await findDeletedProject(db.read, id) : null);
    if (!project) return false;
    const role = await projectRole(db.read, this.#caller, project, dayOf(clock()));
    const subject = { ...project, visibility: project.visibility as Visibility };
    return allowsOnProject('read_project', role, subject) && allowsOnProject(ability, role, subject);
  }

  async #seesRunner(id: number): Promise<boolean> {
    const { db, clock } = this.#parts;
    const only = this.#only;
    if (only) return (await this.#may('read_project_runners', only.id)) && isUsableBy(db.read, id, only);
    const { user } = this.#caller;
    if (!user) return false;
    if (isAdmin(this.#caller)) return true;
    const runner = await findRunner(db.read, id);
    if (!runner || runner.runner_type === 'instance_type') return runner !== null;
    return (await levelOnRunner(db.read, id, user.id, dayOf(clock()))) >= 40;
  }

  /** Where it does not belong any more, it counts that it did. */
  async #sawRunner({ project_ids, group_ids }: RunnerPlaces): Promise<boolean> {
    const only = this.#only;
    const isServers = project_ids.length + group_ids.length === 0;
    if (only) {
      const wasHere = isServers || project_ids.includes(only.id) || (await this.#isBelow(only, group_ids));
      return wasHere && (await this.#may('read_project_runners', only.id));
    }
    if (isServers || isAdmin(this.#caller)) return this.#caller.user !== null;
    for (const id of project_ids) if (await this.#may('read_project_runners', id)) return true;
    for (const id of group_ids) if (await this.#mayOnGroup('read_group_runners', id)) return true;
    return false;
  }

  async #isBelow({ namespace_id }: Project, group_ids: readonly number[]): Promise<boolean> {
    for (const id of group_ids)
      if ((await findSubtree(this.#parts.db.read, id)).includes(namespace_id)) return true;
    return false;
  }

  async #mayOnGroup(ability: GroupAbility, id: number): Promise<boolean> {
    const { db, clock } = this.#parts;
    const group = await findGroup(db.read, String(id));
    if (!group) return false;
    const role = await groupRole(db.read, this.#caller, group, dayOf(clock()));
    return allowsOnGroup(ability, role, group.visibility as Visibility);
  }
}

interface Place {
  project: Project;
  role: Role;
}

/** What of all that is told of a project this role sees, and the role: with another one may do more or less. */
function abilitiesOf({ project, role }: Place): string {
  const subject = { ...project, visibility: project.visibility as Visibility };
  const seen = Object.values(ABILITIES).filter((one) => allowsOnProject(one, role, subject));
  return [role, ...seen].join();
}
