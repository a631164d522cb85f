import type { CompileInput } from '../ci/plan.ts';
import {
  pipelineVariables,
  projectVariables,
  serverVariables,
  triggerVariables,
  userVariables,
} from '../ci/predefined.ts';
import type { StoredVariable } from '../ci/stored-variable.ts';
import { type Variable, variable } from '../ci/variable.ts';
import type { Database } from '../db/database.ts';
import type { Commit } from '../git/commit.ts';
import { readAnnotation, refValues } from '../git/refs.ts';
import { type Repositories, type Repository, ZERO_SHA } from '../git/repository.ts';
import { isProtectedRef } from '../projects/may-update-ref.ts';
import { findRelease } from '../releases/release-store.ts';
import { openVariables } from '../variables/open-variables.ts';
import { readGivenVariables } from '../variables/variable-store.ts';
import { elsewhere, includingIt } from './configuration-elsewhere.ts';
import type { Configuration, GivenVariable, PipelineRequest, PipelineSettings } from './create-pipeline.ts';
import { includeSources, readText } from './include-sources.ts';
import { lookUp } from './look-up.ts';

/** What a pipeline is compiled with besides what its request says. */
export interface Known {
  commit: Commit;
  isProtected: boolean;
  stored: StoredVariable[];
}

type Ref = Pick<PipelineRequest, 'project' | 'ref' | 'tag'>;

/** What is known of a pipeline of this ref at the commit. */
export async function readKnown(
  db: Database,
  secret_key: Buffer,
  { project, ref, tag }: Ref,
  commit: Commit,
): Promise<Known> {
  const isProtected = await isProtectedRef(db.read, project.id, { name: ref, tag });
  const given = await readGivenVariables(db.read, { project_id: project.id, protected: isProtected ? 1 : 0 });
  return { commit, isProtected, stored: await openVariables(given, secret_key) };
}

/** All that the pipeline is compiled with. */
export async function pipelineInput(
  { db, repositories }: { db: Database; repositories: Repositories },
  { server, remote }: Pick<PipelineSettings, 'server' | 'remote'>,
  request: PipelineRequest,
  { commit, isProtected, stored }: Known,
  now: number,
): Promise<CompileInput & { file: string }> {
  const own = { project_id: request.project.id, sha: request.sha };
  const { file, fetchFile, child, isElsewhere }: Configuration =
    request.configuration ?? projectConfiguration(request, (path) => readText(repositories, own, path));
  return {
    file,
    fetchFile,
    lookUp: lookUp(db, repositories, request, now),
    ask: includeSources(
      { db, repositories, remote, url: server.url, ...(child && { readArtifact: child.readArtifact }) },
      request.user,
      now,
    ),
    predefined: [
      ...serverVariables(server),
      ...projectVariables(request.project, server.url),
      ...pipelineVariables({
        ...request,
        iid: null,
        name: null,
        protected: isProtected,
        created_at: now,
        tag_message: request.tag ? await tagMessage(repositories.of(own.project_id), request.ref) : null,
        release_description: request.tag
          ? (await findRelease(db.read, own.project_id, request.ref))?.description
          : null,
        commit,
      }),
      ...(request.short_token === undefined ? [] : triggerVariables(request.short_token)),
      ...userVariables(request.user),
    ],
    stored,
    variables: request.variables.map(asVariable),
    // What is written elsewhere is given them where it is included.
    inputs: (isElsewhere ? undefined : request.inputs) ?? {},
    given_holds_values: request.given_holds_values ?? false,
  };
}

/** The file that the settings of the project name. */
function projectConfiguration(
  { project, inputs }: PipelineRequest,
  fetchOwn: Configuration['fetchFile'],
): Configuration {
  const file = project.ci_config_path || '.gitlab-ci.yml';
  const far = elsewhere(file);
  if (far === null) return { file, fetchFile: fetchOwn };
  const root = includingIt(far, inputs);
  return {
    file,
    fetchFile: async (path) => (path === file ? root : await fetchOwn(path)),
    isElsewhere: true,
  };
}

/** The variable as rules and runners see it. */
const asVariable = ({ key, value, variable_type, raw }: GivenVariable): Variable =>
  variable(key, value, { public: false, file: variable_type === 'file', raw: raw ?? false });

/** The message of an annotated tag, null for a light one. */
export async function tagMessage(repository: Repository, tag: string): Promise<string | null> {
  const ref = `refs/tags/${tag}`;
  const target = (await refValues(repository, [ref])).get(ref);
  if (target === undefined || target === ZERO_SHA) return null;
  return (await readAnnotation(repository, target))?.message ?? null;
}
