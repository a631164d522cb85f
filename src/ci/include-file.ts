import type { ComponentFacts } from './header.ts';
import type { Location } from './include-location.ts';
import { refuse } from './problem.ts';
import type { FilePlace } from './repository-view.ts';
import type { ArtifactAnswer, Ask, CommitAnswer, Reader, RemoteAnswer, SourceCommit } from './sources.ts';

/** Where a file stands, hence what its own includes mean. */
export interface Origin {
  /** Where its local includes are; `own`: the pipeline's commit; null: nowhere, it belongs to no project. */
  at: SourceCommit | 'own' | null;
  /** How the places of its project's files begin. */
  prefix: string;
  /** Whether its includes see variables, and what the user may see: not those of a file from elsewhere. */
  trusted: boolean;
}

export interface LoadedFile {
  source: string;
  /** How places in it are told. */
  file: string;
  origin: Origin;
  /** What a component may say of itself; absent for other files. */
  component?: ComponentFacts;
}

export interface LoadContext {
  fetchFile: (path: string) => Promise<string | null>;
  ask: Ask;
}

/** How its project and commit are called when files are looked for. */
export const placeOf = (at: SourceCommit | 'own'): FilePlace =>
  at === 'own' ? { project: null, ref: null } : { project: at.project, ref: at.sha };

const ELSEWHERE: Origin = { at: null, prefix: '', trusted: false };

/**
 * The file at a location, not blank. `shown` is the location as messages show it, `remote` what an address was
 * answered with. @throws CompileError in GitLab's words when there is none, or it may not be read
 */
export async function loadFile(
  location: Location,
  origin: Origin,
  { shown, remote }: { shown: (text: string) => string; remote: RemoteAnswer | undefined },
  { fetchFile, ask }: LoadContext,
): Promise<LoadedFile> {
  const { position } = location;
  const fail = (message: string): never => refuse('include', message, position, 'include');
  const reader: Reader = origin.trusted ? 'user' : 'nobody';
  switch (location.kind) {
    case 'local': {
      const { path } = location;
      const name = `Local file \`${shown(path)}\``;
      if (origin.at === null) return fail(`${name} does not have project!`);
      const source = origin.at === 'own' ? await fetchFile(path) : await ask('file', { at: origin.at, path });
      if (source === null) return fail(`${name} does not exist!`);
      if (isEmpty(source)) return fail(`${name} is empty!`);
      return { source, file: `${origin.prefix}${shown(path)}`, origin };
    }
    case 'project': {
      const { project, ref, path } = location;
      const name = `Project \`${shown(project)}\``;
      const found = await ask('project', { path: project, ref, reader });
      if (isMissing(found, 'project'))
        return fail(
          `${name} not found or access denied! Make sure any includes in the pipeline configuration are correctly defined.`,
        );
      if (!('commit' in found)) return fail(`${name} reference \`${shown(ref ?? 'HEAD')}\` does not exist!`);
      const source = await ask('file', { at: found.commit, path });
      if (source === null) return fail(`${name} file \`${shown(path)}\` does not exist!`);
      if (isEmpty(source)) return fail(`${name} file \`${shown(path)}\` is empty!`);
      const prefix = `${shown(project)}${ref === null ? '' : `@${shown(ref)}`}:`;
      return { source, file: `${prefix}${shown(path)}`, origin: { ...origin, at: found.commit, prefix } };
    }
    case 'remote': {
      const url = shown(location.url);
      if (remote === undefined) return fail(nothingThere(url));
      if ('problem' in remote)
        return fail(
          `Remote file ${remote.short ? '' : `\`${url}\` `}could not be fetched because ${shown(remote.problem)}!`,
        );
      if (location.integrity !== null && location.integrity !== `sha256-${remote.sha256}`)
        return fail(`Remote file \`${url}\` does not match its integrity!`);
      if (isEmpty(remote.text)) return fail(nothingThere(url));
      return { source: remote.text, file: url, origin: ELSEWHERE };
    }
    case 'template': {
      const source = await ask('template', { name: location.name });
      if (source === null || isEmpty(source)) return fail(nothingThere(shown(location.name)));
      return { source, file: `template:${shown(location.name)}`, origin: ELSEWHERE };
    }
    case 'artifact': {
      const { path } = location;
      const job = shown(location.job);
      const found: ArtifactAnswer =
        origin.at === null ? { missing: 'parent' } : await ask('artifact', { job: location.job, path });
      if ('missing' in found) return fail(noArtifact(found, { job, path: shown(path) }));
      if (isEmpty(found.text)) return fail(`File \`${shown(path)}\` is empty!`);
      return { source: found.text, file: `artifacts of ${job}/${shown(path)}`, origin };
    }
    case 'component': {
      if (origin.at === null) return fail('Unable to use components outside of a project context');
      const address = shown(location.address);
      const complain = (text: string) => fail(`Component '${address}' - ${text}`);
      const [, host = '', project = '', name = '', version = ''] =
        /^([^/@]+)\/([^@]+)\/([^/@]+)@(.+)$/s.exec(location.address) ?? [];
      if (version === '') return complain('the component path is not supported');
      const found = await ask('component', { host, project, version, reader });
      if (isMissing(found, 'host')) return complain('the component path is not supported');
      if (isMissing(found, 'project'))
        return complain("project does not exist or you don't have sufficient permissions");
      if (!('commit' in found)) return complain('content not found');
      const { commit } = found;
      for (const path of [`templates/${name}.yml`, `templates/${name}/template.yml`]) {
        const source = await ask('file', { at: commit, path });
        if (source === null || isEmpty(source)) continue;
        const prefix = `${shown(project)}@${shown(version)}:`;
        return {
          source,
          file: `${prefix}${path}`,
          origin: { ...origin, at: commit, prefix },
          component: { name, sha: commit.sha, version: found.version ?? null, reference: version },
        };
      }
      return complain('content not found');
    }
  }
}

const isEmpty = (source: string) => source.trim() === '';
const nothingThere = (name: string) => `Included file \`${name}\` is empty or does not exist!`;
const isMissing = (answer: CommitAnswer, what: string) => 'missing' in answer && answer.missing === what;

function noArtifact(
  found: Exclude<ArtifactAnswer, { text: string }>,
  { job, path }: { job: string; path: string },
): string {
  if (found.missing === 'parent')
    return 'Including configs from artifacts is only allowed when triggering child pipelines';
  if (job === '') return 'Job must be provided when including configs from artifacts';
  switch (found.missing) {
    case 'job':
      return `Job \`${job}\` not found in parent pipeline or does not have artifacts!`;
    case 'path':
      return `Path \`${path}\` does not exist inside the \`${job}\` artifacts archive!`;
    case 'room':
      return `Artifacts archive for job \`${job}\` is too large: max ${found.most}`;
  }
}
