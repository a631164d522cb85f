import type { Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { abilityRoutes } from './abilities.ts';
import { applicationSettingsRoutes } from './application-settings.ts';
import { artifactActionRoutes } from './artifact-actions.ts';
import { artifactRoutes } from './artifacts.ts';
import { branchRoutes } from './branches.ts';
import { bridgeRoutes } from './bridges.ts';
import { commitRoutes } from './commits.ts';
import { coverageReportRoutes } from './coverage-report.ts';
import { createRunnerRoutes } from './create-runners.ts';
import { eventStreamRoutes } from './event-streams.ts';
import { groupRoutes } from './groups.ts';
import { healthRoutes } from './health.ts';
import { jobActionRoutes } from './job-actions.ts';
import { jobByTokenRoutes } from './job-by-token.ts';
import { jobQueueRoutes } from './job-queue.ts';
import type { JobPages } from './job-pages.ts';
import { jobVariableRoutes } from './job-variables.ts';
import { jobRoutes } from './jobs.ts';
import { explainRoutes } from './explain.ts';
import { lintRoutes } from './lint.ts';
import { memberRoutes } from './members.ts';
import { metadataRoutes } from './metadata.ts';
import { namespaceRoutes } from './namespaces.ts';
import { identityRoutes } from './identities.ts';
import { openidConnectRoutes } from './openid-connect.ts';
import { passwordRoutes } from './password.ts';
import { pagesRoutes } from './pages.ts';
import { openidConfigurationRoutes } from './openid-configuration.ts';
import { sitePageRoutes } from './site-pages.ts';
import { tokenRoutes } from './personal-access-tokens.ts';
import { pipelineActionRoutes } from './pipeline-actions.ts';
import { pipelineConfigurationRoutes } from './pipeline-configuration.ts';
import { pipelineGraphRoutes } from './pipeline-graph.ts';
import { pipelinePriorityRoutes } from './pipeline-priority.ts';
import { pipelineScheduleRoutes } from './pipeline-schedules.ts';
import { pipelineScheduleActionRoutes } from './pipeline-schedule-actions.ts';
import { pipelineScheduleVariableRoutes } from './pipeline-schedule-variables.ts';
import { pipelineRoutes } from './pipelines.ts';
import { projectListRoutes } from './project-lists.ts';
import { projectRunnerRoutes } from './project-runners.ts';
import { projectRoutes } from './projects.ts';
import { protectedBranchRoutes } from './protected-branches.ts';
import { protectedTagRoutes } from './protected-tags.ts';
import { releaseActionRoutes } from './release-actions.ts';
import { releaseLinkRoutes } from './release-links.ts';
import { releaseRoutes } from './releases.ts';
import { repositoryFileRoutes } from './repository-files.ts';
import { repositoryTreeRoutes } from './repository-tree.ts';
import { deploymentRoutes } from './deployments.ts';
import { environmentRoutes } from './environments.ts';
import { resourceGroupRoutes } from './resource-groups.ts';
import { runnerRoutes } from './runners.ts';
import { sessionRoutes } from './session.ts';
import { runFormRoutes } from './run-form.ts';
import { storageRoutes } from './storage.ts';
import { tagRoutes } from './tags.ts';
import { testReportRoutes } from './test-reports.ts';
import { traceIndexRoutes } from './trace-index.ts';
import { traceRoutes } from './traces.ts';
import { triggerPipelineRoutes } from './trigger-pipeline.ts';
import { jobTokenScopeRoutes } from './job-token-scope.ts';
import { triggerRoutes } from './triggers.ts';
import { userRoutes } from './users.ts';
import { variableRoutes } from './variables.ts';

/** Every page of the REST API. */
export function apiRoutes(parts: Parts, pages: JobPages): Route[] {
  return [
    ...metadataRoutes(),
    ...abilityRoutes(),
    ...healthRoutes(parts),
    ...openidConfigurationRoutes(parts),
    ...applicationSettingsRoutes(parts),
    ...sessionRoutes(parts),
    ...passwordRoutes(parts),
    ...openidConnectRoutes(parts),
    ...identityRoutes(parts),
    ...userRoutes(parts),
    ...tokenRoutes(parts),
    ...namespaceRoutes(parts),
    ...groupRoutes(parts),
    ...projectRoutes(parts),
    ...projectListRoutes(parts),
    ...storageRoutes(parts),
    ...memberRoutes(parts),
    ...branchRoutes(parts),
    ...tagRoutes(parts),
    ...protectedBranchRoutes(parts),
    ...protectedTagRoutes(parts),
    ...commitRoutes(parts),
    ...repositoryFileRoutes(parts),
    ...repositoryTreeRoutes(parts),
    ...releaseRoutes(parts),
    ...releaseActionRoutes(parts),
    ...releaseLinkRoutes(parts),
    ...jobRoutes(parts, pages),
    ...jobByTokenRoutes(parts),
    ...jobActionRoutes(parts),
    ...jobQueueRoutes(parts),
    ...jobVariableRoutes(parts),
    ...traceRoutes(parts),
    ...traceIndexRoutes(parts),
    ...eventStreamRoutes(parts),
    ...artifactRoutes(parts),
    ...artifactActionRoutes(parts),
    ...pagesRoutes(parts),
    ...sitePageRoutes(parts),
    ...pipelineRoutes(parts),
    ...testReportRoutes(parts),
    ...coverageReportRoutes(parts),
    ...pipelineActionRoutes(parts),
    ...variableRoutes(parts),
    ...triggerRoutes(parts),
    ...jobTokenScopeRoutes(parts),
    ...lintRoutes(parts),
    ...explainRoutes(parts),
    ...pipelineConfigurationRoutes(parts),
    ...runFormRoutes(parts),
    ...triggerPipelineRoutes(parts),
    ...pipelineScheduleRoutes(parts),
    ...pipelineScheduleActionRoutes(parts),
    ...pipelineScheduleVariableRoutes(parts),
    ...environmentRoutes(parts),
    ...deploymentRoutes(parts),
    ...resourceGroupRoutes(parts),
    ...pipelineGraphRoutes(parts),
    ...pipelinePriorityRoutes(parts),
    ...bridgeRoutes(parts),
    ...runnerRoutes(parts),
    ...projectRunnerRoutes(parts),
    ...createRunnerRoutes(parts),
  ];
}
