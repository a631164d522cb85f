import { Type } from 'typebox';
import { type NamedSchemas, openApiDocument } from '../http/openapi.ts';
import { Reply, route, type Route } from '../http/route.ts';
import { Branch } from './entities/branch.ts';
import { Commit } from './entities/commit.ts';
import { CommitDetail } from './entities/commit-detail.ts';
import { Group, GroupDetails } from './entities/group.ts';
import { Job, JobWithProject } from './entities/job.ts';
import { Member } from './entities/member.ts';
import { Namespace, NamespaceBasic } from './entities/namespace.ts';
import { LinkedPipeline } from './entities/linked-pipeline.ts';
import { LastPipeline, PipelineBasic, PipelineDetails, PipelineItem } from './entities/pipeline.ts';
import { PipelineGraph } from './entities/pipeline-graph.ts';
import { PipelineJob } from './entities/pipeline-job.ts';
import { Project, ProjectBasic } from './entities/project.ts';
import { ProtectedBranch, ProtectedTag } from './entities/protected-ref.ts';
import { RepositoryFile } from './entities/repository-file.ts';
import { Runner, RunnerAtWork, RunnerManager, RunnerManagerDetails } from './entities/runner.ts';
import { Tag } from './entities/tag.ts';
import { CreatedTokenReply, Token } from './entities/token.ts';
import { UserBasic, UserDetails, UserInJob } from './entities/user.ts';

/** What replies are made of, under the names that readers of the document meet. */
const NAMED: NamedSchemas = {
  Branch,
  Commit,
  CommitDetail,
  CreatedToken: CreatedTokenReply,
  Group,
  GroupDetails,
  Job,
  JobWithProject,
  LastPipeline,
  LinkedPipeline,
  Member,
  Namespace,
  NamespaceBasic,
  PipelineBasic,
  PipelineDetails,
  PipelineGraph,
  PipelineItem,
  PipelineJob,
  Project,
  ProjectBasic,
  ProtectedBranch,
  ProtectedTag,
  RepositoryFile,
  Runner,
  RunnerAtWork,
  RunnerManager,
  RunnerManagerDetails,
  Tag,
  Token,
  UserBasic,
  UserDetails,
  UserInJob,
};

/** The description of all routes of the server, this one among them. */
export function openApiRoutes(routes: () => readonly Route[]): Route[] {
  let text: string | null = null;
  return [
    route({
      method: 'GET',
      path: '/openapi.json',
      summary: 'This description of the API, OpenAPI 3.1',
      tag: 'Metadata',
      ability: 'read_public',
      params: Type.Object({}),
      reply: 'application/json',
      handler: async () => {
        text ??= JSON.stringify(openApiDocument(routes(), NAMED));
        return new Reply(200, text, { 'content-type': 'application/json' });
      },
    }),
  ];
}
