/** What the form of a runner holds, as it is typed. */
export interface RunnerForm {
  description: string;
  tags: string;
  run_untagged: boolean;
  locked: boolean;
  /** Runs jobs of protected branches and tags alone. */
  isProtected: boolean;
  /** Minutes; empty: as long as the project lets them. */
  timeout: string;
  note: string;
}

export interface RunnerBody {
  description: string;
  tag_list: string[];
  run_untagged: boolean;
  locked: boolean;
  access_level: 'not_protected' | 'ref_protected';
  maximum_timeout?: number;
  maintenance_note: string;
}

export const NEW_RUNNER: RunnerForm = {
  description: '',
  tags: '',
  run_untagged: true,
  locked: false,
  isProtected: false,
  timeout: '',
  note: '',
};

interface Known {
  description: string | null;
  tag_list: readonly string[];
  run_untagged: boolean;
  locked: boolean;
  access_level: string;
  maximum_timeout: number | null;
  maintenance_note: string | null;
}

/** The form of a runner as it is. */
export const formOf = (runner: Known): RunnerForm => ({
  description: runner.description ?? '',
  tags: runner.tag_list.join(', '),
  run_untagged: runner.run_untagged,
  locked: runner.locked,
  isProtected: runner.access_level === 'ref_protected',
  timeout: runner.maximum_timeout === null ? '' : String(runner.maximum_timeout / 60),
  note: runner.maintenance_note ?? '',
});

/** The tags of a text: separated by commas, each once. */
const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];

export type RunnerProblems = Partial<Record<keyof RunnerForm, string>>;

/** What is sent for the form, or what is wrong with it by field. */
export function bodyOf(form: RunnerForm): { body: RunnerBody } | { problems: RunnerProblems } {
  const problems: RunnerProblems = {};
  const tag_list = tagsOf(form.tags);
  if (tag_list.length === 0 && !form.run_untagged)
    problems.tags = 'Without tags it would run nothing: name some, or let it run untagged jobs';
  const minutes = form.timeout.trim() === '' ? null : Number(form.timeout);
  if (minutes !== null && !(Number.isFinite(minutes) && minutes >= 10))
    problems.timeout = 'A number of minutes, at least 10';
  if (Object.keys(problems).length > 0) return { problems };
  return {
    body: {
      description: form.description.trim(),
      tag_list,
      run_untagged: form.run_untagged,
      locked: form.locked,
      access_level: form.isProtected ? 'ref_protected' : 'not_protected',
      maintenance_note: form.note.trim(),
      ...(minutes !== null && { maximum_timeout: Math.round(minutes * 60) }),
    },
  };
}

/** The server's fields as the form's. */
export const problemsSaid = ({
  tags_list,
  description,
  maximum_timeout,
  maintenance_note,
}: Readonly<Record<string, string>>): RunnerProblems => ({
  ...(tags_list && { tags: tags_list }),
  ...(description && { description }),
  ...(maximum_timeout && { timeout: maximum_timeout }),
  ...(maintenance_note && { note: maintenance_note }),
});

/** What is typed on the machine that shall run jobs. */
export function commandsOf(url: string, token: string, { isLinux = true } = {}) {
  const register = ['  --non-interactive \\', `  --token ${token} \\`];
  const isHere = isLoopback(new URL(url).hostname);
  const [inContainers, network, more] = !isHere
    ? [url, '', []]
    : isLinux
      ? [url, '--network host ', ['  --docker-network-mode host \\']]
      : [elsewhere(url), '', [`  --clone-url ${elsewhere(url)} \\`]];
  return {
    shell: ['gitlab-runner register \\', `  --url ${url} \\`, ...register, '  --executor shell'].join('\n'),
    docker: [
      `docker run --detach --restart always --name gitlab-runner ${network}\\`,
      '  --volume gitlab-runner-config:/etc/gitlab-runner \\',
      '  --volume /var/run/docker.sock:/var/run/docker.sock \\',
      '  gitlab/gitlab-runner:latest',
      'docker exec gitlab-runner gitlab-runner register \\',
      `  --url ${inContainers} \\`,
      ...register,
      ...more,
      '  --executor docker \\',
      '  --docker-image alpine:latest',
    ].join('\n'),
    /** What is unlike other servers of the commands for Docker; null: nothing. */
    docker_hint: !isHere
      ? null
      : isLinux
        ? 'The server listens at an address of this machine alone, so the containers use its network.'
        : 'Within a container the address of this server is the container itself: host.docker.internal is this machine.',
  };
}

const isLoopback = (host: string) => /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);

/** This machine as containers of Docker Desktop call it. */
function elsewhere(url: string): string {
  const { protocol, port } = new URL(url);
  return `${protocol}//host.docker.internal${port === '' ? '' : `:${port}`}`;
}
