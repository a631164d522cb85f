/** Why a job failed, in words for whoever has to do something about it. */
const WORDS: Readonly<Record<string, string>> = {
  script_failure: 'A command of its script failed. The end of the log says which.',
  api_failure: 'The server could not be asked for what the job needs.',
  stuck_or_timeout_failure: 'No runner took it for too long, or its runner was not heard of any more.',
  runner_system_failure: 'The runner itself failed, not the script. A retry may help.',
  missing_dependency_failure: 'Artifacts that it needs are not there: they have expired or were erased.',
  runner_unsupported: 'The runner is too old for what the job asks for.',
  stale_schedule: 'It was delayed, and its time passed without it being begun.',
  job_execution_timeout: 'It ran longer than its timeout allows.',
  archived_failure: 'It is archived: a job that is so old is not run again.',
  unmet_prerequisites: 'What has to be there before it begins could not be prepared.',
  scheduler_failure: 'The server could not hand it to a runner.',
  data_integrity_failure: 'Its configuration could not be read any more.',
  forward_deployment_failure: 'A newer deployment to this environment has been made already.',
  user_blocked: 'Whoever began it has been blocked.',
  ci_quota_exceeded: 'The quota for running jobs is used up.',
  no_matching_runner: 'There is no runner that could take it.',
  trace_size_exceeded: 'Its log is larger than the server keeps. What came up to then is there.',
  builds_disabled: 'CI is turned off for the project.',
  deployment_rejected: 'Its deployment was rejected.',
  failed_outdated_deployment_job: 'A newer deployment to this environment has been made already.',
  job_execution_server_timeout: 'It ran longer than the server allows.',
  no_updates_running: 'Its runner was not heard of for too long while it ran.',
  no_updates_canceling: 'Its runner was not heard of for too long while it was canceled.',
  runner_configuration_error: 'The runner is not configured for what the job asks for.',
  runner_external_dependency_failure: 'Something that the runner depends on could not be reached.',
  runner_interrupted: 'The runner was stopped while the job ran. A retry may help.',
  runner_provisioning_timeout: 'The runner could not make a machine for it in time.',
  image_pull_failure: 'The image of the job could not be pulled: does it exist, and may the runner have it?',
  protected_environment_failure:
    'The environment is protected, and whoever began the job may not deploy to it.',
  secrets_provider_not_found: 'Its secrets come from a provider that is not configured.',
  job_token_expired: "The job's token had expired.",
  unknown_failure: 'Why is not known.',
};

export const failureWords = (reason: string): string =>
  WORDS[reason] ?? `${reason.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase())}.`;
