import { join } from 'node:path';
import type { BuildFolder } from './build-folder.ts';
import {
  entrypointWords,
  environmentFile,
  exportLines,
  filledIn,
  ownerInside,
  serviceAliases,
  SHELL_COMMAND,
  waitLines,
} from './container-words.ts';
import { type Engine, labelled } from './engine.ts';
import { JobFailure } from './failure.ts';
import type { Image, Job, Service, Variable } from './job-payload.ts';
import type { JobOutput } from './job-output.ts';
import { expandWith, type JobVariables } from './variables.ts';

/** Variables whose value is this machine's, and which an image has of its own. */
const OF_THE_HOST = ['PATH', 'HOME', 'LANG'];

/** The repository belongs to another user there, and git would refuse it. */
const TRUSTED = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };

export interface ContainerOptions {
  engine: Engine;
  job: Job;
  image: Image;
  folder: BuildFolder;
  variables: JobVariables;
  /** By which the job's containers are found. */
  mark: string;
  output: JobOutput;
  /** Aborts when the job ends before its time. */
  signal: AbortSignal;
  /** Writes a file of the job's that only its user can read. */
  writeFile: (path: string, content: string) => Promise<void>;
}

/**
 * The containers of one job: of its image, a new one for the script and one for after_script, which see the build folder
 * under its own path and have the job's variables; and of its services, on a network of their own with it, for as long as
 * the job lasts. All are removed by their label, by this runner or the next.
 */
export class JobContainer {
  readonly #options: ContainerOptions;
  readonly #image: Image;
  readonly #services: Service[];
  readonly #network: string | null;
  #waiting: { host: string; port: number }[] = [];

  constructor(options: ContainerOptions) {
    const { job, image, variables, mark } = options;
    this.#options = options;
    this.#image = filledIn(image, variables.values);
    this.#services = job.services.map((service) => filledIn(service, variables.values));
    this.#network = this.#services.length > 0 ? `jobyard-${mark}` : null;
  }

  /** Has the images, starts the services. @throws JobFailure */
  async prepare(): Promise<void> {
    const { engine, output, mark, folder } = this.#options;
    output.line(`Using ${engine.program} with the image ${this.#image.name}`);
    await this.#options.writeFile(this.#environmentPath, environmentFile(this.#environment()));
    await this.#have(this.#image);
    if (this.#network === null) return;
    await this.#must('the network could not be made', [
      'network',
      'create',
      ...labelled(mark),
      this.#network,
    ]);
    for (const [index, service] of this.#services.entries()) {
      await this.#have(service);
      await this.#start(service, join(folder.temp, `.service-${index}`));
    }
  }

  /** What runs a script that arrives over standard input. */
  command(): { program: string; args: string[]; environment: Record<string, string> } {
    const { engine, folder } = this.#options;
    const { before, after } = entrypointWords(this.#image);
    const words = [
      'run',
      '--rm',
      '--interactive',
      // Its first process passes on what ends it.
      '--init',
      ...this.#common(this.#image),
      `--workdir=${folder.project}`,
      `--volume=${folder.slot}:${folder.slot}`,
      // Whatever guards files by label would hide those of the build from it.
      '--security-opt=label=disable',
      `--env-file=${this.#environmentPath}`,
      ...before,
      this.#image.name,
      ...after,
      ...SHELL_COMMAND,
    ];
    return { program: engine.program, args: words, environment: engine.environment };
  }

  /** What stands before a script: the variables, in words that hold any value; and at first the wait for services. */
  preamble(environment: Record<string, string>): string {
    const waiting = this.#waiting.splice(0);
    return exportLines(this.#environment(environment)) + waitLines(waiting);
  }

  /** After the scripts: what they wrote as another user is this one's to collect and to delete. */
  async giveBack(): Promise<void> {
    const { engine, output, folder } = this.#options;
    const owner = ownerInside(engine.isPodman, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    if (owner === null) return;
    const { code, stderr } = await engine.ask([
      'run',
      '--rm',
      ...this.#common({ ...this.#image, user: '0:0' }),
      `--volume=${folder.slot}:${folder.slot}`,
      '--security-opt=label=disable',
      '--entrypoint=chown',
      this.#image.name,
      '-R',
      owner,
      folder.slot,
    ]);
    if (code !== 0) output.warning(`Files of the build may belong to another user: ${stderr}`);
  }

  async remove(): Promise<void> {
    await this.#options.engine.removeAll(this.#options.mark);
  }

  get #environmentPath(): string {
    return join(this.#options.folder.temp, '.environment');
  }

  /** The job's variables but for those that are this machine's. */
  #environment(all = Object.fromEntries(this.#options.variables.values)): Record<string, string> {
    const sent = new Set(this.#options.job.variables.map(({ key }) => key));
    const entries = Object.entries(all).filter(([key]) => !OF_THE_HOST.includes(key) || sent.has(key));
    return { ...(sent.has('GIT_CONFIG_COUNT') ? {} : TRUSTED), ...Object.fromEntries(entries) };
  }

  #common({ user, platform }: Image): string[] {
    return [
      '--pull=never',
      ...labelled(this.#options.mark),
      ...(this.#network === null ? [] : [`--network=${this.#network}`]),
      ...(user ? [`--user=${user}`] : []),
      ...(platform ? [`--platform=${platform}`] : []),
    ];
  }

  async #start(service: Service, environmentPath: string): Promise<void> {
    const { engine, output } = this.#options;
    const aliases = serviceAliases(service);
    output.line(`Starting the service ${service.name} as ${aliases.join(', ')}`);
    await this.#options.writeFile(environmentPath, environmentFile(this.#serviceEnvironment(service)));
    const { before, after } = entrypointWords(service);
    await this.#must(`the service ${service.name} could not be started`, [
      'run',
      '--detach',
      ...this.#common(service),
      ...aliases.map((alias) => `--network-alias=${alias}`),
      `--env-file=${environmentPath}`,
      ...before,
      service.name,
      ...after,
      ...service.command,
    ]);
    const asked = ['image', 'inspect', '--format', '{{json .Config.ExposedPorts}}', service.name];
    const { stdout } = await engine.ask(asked, this.#options.signal);
    const port = Math.min(...[...stdout.matchAll(/"(\d+)\/tcp"/g)].map(([, number]) => Number(number)));
    const [host] = aliases;
    if (host !== undefined && Number.isFinite(port)) this.#waiting.push({ host, port });
  }

  /** What is public of the job's variables, and what is the service's own. */
  #serviceEnvironment({ variables }: Service): Record<string, string> {
    const { job } = this.#options;
    const { values } = this.#options.variables;
    const shared = job.variables.filter(({ public: isPublic, file }) => isPublic && !file);
    const own = ({ key, value, raw }: Variable): [string, string] => [
      key,
      raw ? value : expandWith(value, values),
    ];
    return Object.fromEntries([
      ...shared.map(({ key }): [string, string] => [key, values.get(key) ?? '']),
      ...variables.map(own),
    ]);
  }

  /** The image as its policies say, the first that leads to it. */
  async #have({ name, pull_policy, platform }: Image): Promise<void> {
    const { engine, output, signal } = this.#options;
    const pull = ['pull', '--quiet', ...(platform ? [`--platform=${platform}`] : []), name];
    let problem = '';
    for (const policy of pull_policy.length > 0 ? pull_policy : ['if-not-present']) {
      if (policy !== 'always') {
        const { code, stderr } = await engine.ask(['image', 'inspect', name], signal);
        if (code === 0) return;
        problem = stderr;
        if (policy === 'never') continue;
      }
      output.line(`Pulling the image ${name}`);
      const { code, stderr } = await engine.ask(pull, signal);
      if (code === 0) return;
      problem = stderr;
    }
    throw new JobFailure(`the image ${name} cannot be had: ${problem}`, 'image_pull_failure');
  }

  async #must(problem: string, args: string[]): Promise<void> {
    const { code, stderr } = await this.#options.engine.ask(args, this.#options.signal);
    if (code !== 0) throw new JobFailure(`${problem}: ${stderr}`, 'runner_system_failure');
  }
}
