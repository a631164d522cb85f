import type { Identities, Instance, Users, PersonalAccessTokens, Members, Sessions } from './rows/access.ts';
import type {
  Namespaces,
  Projects,
  ProtectedBranches,
  ProtectedTags,
  JobTokenProjectLinks,
  JobTokenGroupLinks,
} from './rows/projects.ts';
import type { ProjectStatistics, StorageChanges } from './rows/storage.ts';
import type { Runners, RunnerProjects, RunnerNamespaces, RunnerManagers } from './rows/runners.ts';
import type {
  BridgeUpstreams,
  Pushes,
  Commits,
  PipelineExplanations,
  Pipelines,
  PipelineVariables,
} from './rows/pipelines.ts';
import type {
  Jobs,
  JobSpecs,
  JobNeeds,
  JobQueue,
  QueuedProjects,
  JobVariables,
  JobMessages,
  ResourceGroups,
} from './rows/jobs.ts';
import type { JobTraces } from './rows/traces.ts';
import type { JobArtifacts } from './rows/artifacts.ts';
import type { JobDotenvVariables, UnitTests, UnitTestRuns } from './rows/reports.ts';
import type { Environments, Deployments } from './rows/environments.ts';
import type { CiVariables } from './rows/variables.ts';
import type { PipelineTriggers } from './rows/triggers.ts';
import type { PagesJobs } from './rows/pages.ts';
import type { ReleaseLinks, Releases } from './rows/releases.ts';
import type { PipelineSchedules, PipelineScheduleVariables } from './rows/schedules.ts';
import type { Work } from './rows/work.ts';

/** Every table, with its rows: a file of rows/ holds those of the folder of src/ that has its name. */
export interface Tables {
  instance: Instance;
  users: Users;
  personal_access_tokens: PersonalAccessTokens;
  sessions: Sessions;
  identities: Identities;
  namespaces: Namespaces;
  members: Members;
  projects: Projects;
  protected_branches: ProtectedBranches;
  protected_tags: ProtectedTags;
  job_token_project_links: JobTokenProjectLinks;
  job_token_group_links: JobTokenGroupLinks;
  pushes: Pushes;
  commits: Commits;
  pipelines: Pipelines;
  pipeline_explanations: PipelineExplanations;
  pipeline_variables: PipelineVariables;
  job_messages: JobMessages;
  pipeline_triggers: PipelineTriggers;
  bridge_upstreams: BridgeUpstreams;
  pages_jobs: PagesJobs;
  releases: Releases;
  release_links: ReleaseLinks;
  pipeline_schedules: PipelineSchedules;
  pipeline_schedule_variables: PipelineScheduleVariables;
  jobs: Jobs;
  job_specs: JobSpecs;
  job_needs: JobNeeds;
  job_queue: JobQueue;
  queued_projects: QueuedProjects;
  job_variables: JobVariables;
  runners: Runners;
  runner_projects: RunnerProjects;
  runner_namespaces: RunnerNamespaces;
  runner_managers: RunnerManagers;
  job_traces: JobTraces;
  job_artifacts: JobArtifacts;
  project_statistics: ProjectStatistics;
  storage_changes: StorageChanges;
  job_dotenv_variables: JobDotenvVariables;
  unit_tests: UnitTests;
  unit_test_runs: UnitTestRuns;
  resource_groups: ResourceGroups;
  environments: Environments;
  deployments: Deployments;
  ci_variables: CiVariables;
  work: Work;
}
