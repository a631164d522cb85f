import { useQuery } from '@tanstack/react-query';
import { FolderPlus } from 'lucide-react';
import { Redirect } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { useSearchValues } from '../../address/use-search.ts';
import { useAbilities } from '../../api/abilities.ts';
import { useUser } from '../../api/session.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Problem } from '../../ui/problem.tsx';
import { ProjectTable } from '../../ui/project-table.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SmallSelect } from '../../ui/small-select.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { FirstSteps } from './first-steps.tsx';
import { ORDERS, projectsQuery } from './queries.ts';

const SHOWN = [
  { value: 'all', label: 'All' },
  { value: 'member', label: 'Yours' },
  { value: 'archived', label: 'Archived' },
];

/** All projects that the person may see. */
export default function ProjectsPage() {
  useTitle('Projects');
  const [filters, set] = useSearchValues(['search', 'show', 'order', 'page']);
  const user = useUser();
  const can = useAbilities('server', '');
  const projects = useQuery(projectsQuery(filters));
  const filtered = filters.search !== undefined || filters.show !== undefined;
  const none = projects.data?.items.length === 0 && projects.data.page === 1;
  const mayCreate = can('create_project');
  // Nothing is public: there is nothing to see before one has signed in.
  if (none && !filtered && user === null) return <Redirect to={addresses.signIn()} replace />;
  return (
    <>
      <PageHead
        title="Projects"
        actions={
          mayCreate && (
            <ButtonLink href={addresses.newProject()} kind="primary" icon={FolderPlus}>
              New project
            </ButtonLink>
          )
        }
      />
      {mayCreate && <FirstSteps noProjects={none && !filtered} />}
      {!(none && !filtered) && (
        <Toolbar
          end={
            <SmallSelect
              label="Order"
              value={filters.order ?? 'last_activity_at'}
              options={ORDERS}
              onChange={(order) => set({ order: order === 'last_activity_at' ? null : order, page: null })}
            />
          }
        >
          <SearchField label="Search projects" />
          {user !== null && (
            <Choice
              label="Which projects"
              value={filters.show ?? 'all'}
              options={SHOWN}
              onChange={(show) => set({ show: show === 'all' ? null : show, page: null })}
            />
          )}
        </Toolbar>
      )}
      {projects.isPending && <Skeleton lines={6} />}
      {projects.isError && <Problem error={projects.error} retry={() => void projects.refetch()} />}
      {none && (filtered || !mayCreate) && (
        <Empty icon={FolderPlus} title={filtered ? 'No project fits' : 'No projects yet'}>
          {filtered ? (
            <Link href={addresses.home()}>Show all projects</Link>
          ) : (
            'Once you are a member of a project, it stands here.'
          )}
        </Empty>
      )}
      {projects.data && projects.data.items.length > 0 && (
        <>
          <ProjectTable label="Projects" projects={projects.data.items} />
          <Pager page={projects.data} onPage={(page) => set({ page: page === 1 ? null : String(page) })} />
        </>
      )}
    </>
  );
}
