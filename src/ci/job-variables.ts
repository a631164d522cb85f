import type { JobConfig } from './config.ts';
import { namedEnvironmentVariables, plannedEnvironmentVariables } from './environment-variables.ts';
import { inherits } from './entries/inherit.ts';
import { mayRefer } from './expand.ts';
import { KnownVariables, SharedVariables } from './known-variables.ts';
import type { EnvironmentSpec } from './plan.ts';
import { jobVariables } from './predefined.ts';
import type { GivenVariables } from './stored-variable.ts';
import { mergeVariables, type Variable } from './variable.ts';

/**
 * Kept of what jobs share, by environment and without one: most pipelines have one such, and each holds all variables.
 */
const MOST_SHARED = 8;

/** What of a job decides. */
type Job = Pick<JobConfig, 'name' | 'stage' | 'when' | 'instance' | 'variables' | 'inherit_variables'>;
type Environment = Pick<EnvironmentSpec, 'name' | 'action' | 'deployment_tier' | 'url'>;
type Deploying = Job & { environment: Environment | null };

/** What jobs share that take the same from the root and are given the same. */
interface Shared {
  inheritance: string;
  givenHere: readonly Variable[];
  variables: SharedVariables;
  /** Keys that count for more than what is predefined for a job, and for more than its own. */
  root: ReadonlySet<string>;
  given: ReadonlySet<string>;
}

/** What each job of a configuration sees, lowest first: what is predefined, the root's, its own, what is given. */
export class VariablesOfJobs {
  readonly #predefined: readonly Variable[];
  readonly #root: readonly Variable[];
  readonly #given: GivenVariables;
  /** Each job asks for this, whatever its environment, so no environment drives it out. */
  readonly #everywhere: Shared[] = [];
  readonly #elsewhere: Shared[] = [];

  constructor(predefined: readonly Variable[], root: readonly Variable[], given: GivenVariables) {
    this.#predefined = predefined;
    this.#root = root;
    this.#given = given;
  }

  /** What the configuration gives the job: the root's variables as far as it takes them, and its own. */
  ofConfiguration({ inherit_variables, variables }: Job): Variable[] {
    const inherited = this.#root.filter(({ key }) => inherits(inherit_variables, key));
    return mergeVariables(inherited, variables);
  }

  /** All that the job sees in its environment; `ofRules`: over its own what the rule that lets it in says. */
  of(job: Deploying, ofRules: readonly Variable[] = []): KnownVariables {
    const { environment } = job;
    if (!environment) return this.#anywhere(job, ofRules);
    const name = this.#nameOf(environment, job, ofRules);
    return this.#in(this.#given.in(name), job, ofRules, plannedEnvironmentVariables(environment, name));
  }

  /**
   * What the job sees that looks for its resource group: nothing that depends on its environment but, over all else, that
   * one's name and slug.
   */
  ofResourceGroup(job: Deploying, ofRules: readonly Variable[]): KnownVariables {
    const known = this.#anywhere(job, ofRules);
    if (!job.environment) return known;
    return known.under(namedEnvironmentVariables(known.fill(job.environment.name, 'blank')));
  }

  /** What the job would see without its environment. */
  #anywhere(job: Job, ofRules: readonly Variable[]): KnownVariables {
    return this.#in(this.#given.in(null), job, ofRules, []);
  }

  #nameOf({ name }: Environment, job: Job, ofRules: readonly Variable[]): string {
    return mayRefer(name) ? this.#anywhere(job, ofRules).fill(name, 'blank') : name;
  }

  #in(
    given: readonly Variable[],
    job: Job,
    ofRules: readonly Variable[],
    ofEnvironment: readonly Variable[],
  ): KnownVariables {
    const shared = this.#sharedBy(given, job);
    const predefined = [...jobVariables({ ...job, when: job.when ?? 'on_success' }), ...ofEnvironment];
    const own = [
      ...predefined.filter(({ key }) => !shared.root.has(key)),
      ...job.variables,
      ...ofRules,
    ].filter(({ key }) => !shared.given.has(key));
    return new KnownVariables(shared.variables, own, () =>
      mergeVariables(this.#predefined, predefined, this.ofConfiguration(job), ofRules, given),
    );
  }

  #sharedBy(given: readonly Variable[], { inherit_variables }: Job): Shared {
    const inheritance = JSON.stringify(inherit_variables);
    const kept = given === this.#given.in(null) ? this.#everywhere : this.#elsewhere;
    const known = kept.find((each) => each.givenHere === given && each.inheritance === inheritance);
    if (known) return known;
    const root = this.#root.filter(({ key }) => inherits(inherit_variables, key));
    const shared = {
      inheritance,
      givenHere: given,
      variables: new SharedVariables(mergeVariables(this.#predefined, root, given)),
      root: new Set(root.map(({ key }) => key)),
      given: new Set(given.map(({ key }) => key)),
    };
    kept.push(shared);
    if (kept.length > MOST_SHARED) kept.shift();
    return shared;
  }
}
