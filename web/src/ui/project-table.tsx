import { Globe, Lock, Users } from 'lucide-react';
import { addresses } from '../address/addresses.ts';
import { Link } from '../address/link.tsx';
import { LastPipeline, type ListedPipeline } from './last-pipeline.tsx';
import { Name, Names, Seen } from './name.tsx';
import css from './project-table.module.css';
import { Cell, Row, Table, table } from './table.tsx';
import { Time } from './time.tsx';
import { useRowKeys } from './use-row-keys.ts';

interface ListedProject {
  id: number;
  name: string;
  path_with_namespace: string;
  description: string | null;
  visibility: string;
  last_activity_at: string;
  archived?: boolean;
  namespace: { full_path: string };
  last_pipeline?: (ListedPipeline & { ref: string }) | null;
}

/** Projects with how their newest pipeline stands. */
export function ProjectTable({ label, projects }: { label: string; projects: readonly ListedProject[] }) {
  const rows = useRowKeys<HTMLDivElement>('project');
  return (
    <div ref={rows}>
      <Table label={label} head={['Pipeline', 'Project', 'Ref', 'Last activity']} className={css.projects}>
        {projects.map((project) => (
          <Row key={project.id}>
            <Cell className={table.narrow}>
              <Status project={project} />
            </Cell>
            <Cell className={css.what}>
              <Named project={project} />
            </Cell>
            <Cell className={css.ref}>
              <Names of={[project.last_pipeline?.ref]} />
            </Cell>
            <Cell className={css.when}>
              <Time at={project.last_activity_at} />
            </Cell>
          </Row>
        ))}
      </Table>
    </div>
  );
}

function Status({ project: { path_with_namespace, last_pipeline } }: { project: ListedProject }) {
  if (!last_pipeline) return <span className={css.none}>No pipeline</span>;
  return <LastPipeline fullPath={path_with_namespace} pipeline={last_pipeline} wide />;
}

function Named({ project }: { project: ListedProject }) {
  const { name, path_with_namespace, namespace, description, archived = false } = project;
  return (
    <>
      <div className={css.title}>
        <Link href={addresses.project(path_with_namespace)} className={css.name} data-row>
          <span className={css.namespace}>{namespace.full_path} / </span>
          <Name text={name} />
        </Link>
        <VisibilityIcon visibility={project.visibility} />
        {archived && <span className={css.mark}>Archived</span>}
      </div>
      {description !== null && description !== '' && (
        <p className={css.description}>
          <Seen text={description} />
        </p>
      )}
    </>
  );
}

const LOOKS: Record<string, { Icon: typeof Lock; words: string }> = {
  private: { Icon: Lock, words: 'Private: its members see it' },
  internal: { Icon: Users, words: 'Internal: everybody who has signed in sees it' },
  public: { Icon: Globe, words: 'Public: everybody sees it' },
};

/** Who sees a project or group. */
export function VisibilityIcon({ visibility }: { visibility: string }) {
  const look = LOOKS[visibility];
  if (!look) return null;
  return (
    <span role="img" aria-label={look.words} title={look.words} className={css.visibility}>
      <look.Icon size={14} aria-hidden />
    </span>
  );
}
