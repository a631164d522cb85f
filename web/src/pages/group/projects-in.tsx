import { useQuery } from '@tanstack/react-query';
import { FolderPlus } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { useSearchValues } from '../../address/use-search.ts';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Problem } from '../../ui/problem.tsx';
import { ProjectTable } from '../../ui/project-table.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { projectsInQuery } from './queries.ts';

interface Props {
  kind: 'group' | 'user';
  fullPath: string;
  mayCreate: boolean;
}

/** The projects directly in a group or a person's namespace, to be searched. */
export function ProjectsIn({ kind, fullPath, mayCreate }: Props) {
  const [{ search, page = '1' }, set] = useSearchValues(['search', 'page']);
  const projects = useQuery(projectsInQuery(kind, fullPath, { search, page: Number(page) || 1 }));
  if (projects.isPending) return <Skeleton lines={5} />;
  if (projects.isError) return <Problem error={projects.error} retry={() => void projects.refetch()} />;
  const none = projects.data.items.length === 0 && projects.data.page === 1;
  return (
    <>
      {!(none && search === undefined) && (
        <Toolbar>
          <SearchField label="Search projects" />
        </Toolbar>
      )}
      {none ? (
        <Empty icon={FolderPlus} title={search === undefined ? 'No projects here yet' : 'No project fits'}>
          {mayCreate && search === undefined && (
            <Link href={addresses.newProject(fullPath)}>Make the first one</Link>
          )}
        </Empty>
      ) : (
        <>
          <ProjectTable label="Projects" projects={projects.data.items} />
          <Pager page={projects.data} onPage={(next) => set({ page: next === 1 ? null : String(next) })} />
        </>
      )}
    </>
  );
}
