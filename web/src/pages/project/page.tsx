import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { FileLock } from 'lucide-react';
import type { PageProps } from '../../address/routes.tsx';
import { projectQuery, useAbilities } from '../../api/abilities.ts';
import { isStatus } from '../../api/problem.ts';
import { CommitLine } from '../../code/commit-line.tsx';
import { treeQuery } from '../../code/queries.ts';
import { Readme, readmeOf } from '../../code/readme.tsx';
import { TreeTable } from '../../code/tree-table.tsx';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { NoPipeline } from './no-pipeline.tsx';
import { ProjectHead } from './project-head.tsx';
import { PushGuide } from './push-guide.tsx';

/** A project: what it is, how its newest pipeline went, its files and its README; an empty one says how to fill it. */
export default function ProjectPage({ fullPath }: PageProps) {
  useTitle(fullPath);
  const project = useQuery(projectQuery(fullPath));
  const can = useAbilities('project', fullPath);
  const mayReadCode = can('read_code');
  const branch = project.data?.default_branch ?? '';
  const tree = useInfiniteQuery({
    ...treeQuery(fullPath, branch, ''),
    enabled: mayReadCode && branch !== '',
  });
  if (project.isPending) return <Skeleton lines={6} />;
  if (project.isError) return <Problem error={project.error} retry={() => void project.refetch()} />;
  // A repository to which nothing was pushed has no tree.
  const empty = tree.isError && isStatus(tree.error, 404);
  const entries = tree.data?.pages.flatMap(({ items }) => items) ?? [];
  const readme = readmeOf(entries);
  const isConfigured = entries.some(({ path }) => path === '.gitlab-ci.yml');
  return (
    <>
      <ProjectHead project={project.data} empty={empty} />
      {!mayReadCode && project.isSuccess && (
        <Empty icon={FileLock} title="The code is not shown to you">
          Ask a maintainer of the project for the role of a reporter.
        </Empty>
      )}
      {mayReadCode && tree.isPending && <Skeleton lines={6} />}
      {tree.isError && !empty && <Problem error={tree.error} retry={() => void tree.refetch()} />}
      {empty && <PushGuide project={project.data} mayPush={can('push_code')} />}
      {tree.isSuccess && (
        <>
          {isConfigured && can('create_pipeline') && <NoPipeline fullPath={fullPath} branch={branch} />}
          <CommitLine fullPath={fullPath} refName={branch} path="" />
          <TreeTable fullPath={fullPath} refName={branch} path="" />
          {readme !== null && <Readme fullPath={fullPath} refName={branch} path={readme} />}
        </>
      )}
    </>
  );
}
