import { Users } from 'lucide-react';
import { addresses } from '../address/addresses.ts';
import { Link } from '../address/link.tsx';
import css from './project-table.module.css';
import { VisibilityIcon } from './project-table.tsx';
import { Name, Seen } from './name.tsx';
import { Cell, Row, Table, table } from './table.tsx';

interface ListedGroup {
  id: number;
  full_name: string;
  full_path: string;
  description: string;
  visibility: string;
  projects_count?: number;
  subgroups_count?: number;
}

const many = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;

/** Groups with how much is in them. */
export function GroupTable({ label, groups }: { label: string; groups: readonly ListedGroup[] }) {
  return (
    <Table label={label} head={['Group', 'Projects', 'Subgroups']}>
      {groups.map((group) => (
        <Row key={group.id}>
          <Cell className={css.what}>
            <div className={css.title}>
              <Users size={16} aria-hidden className={css.visibility} />
              <Link href={addresses.group(group.full_path)} className={css.name} data-row>
                <Name text={group.full_name} />
              </Link>
              <VisibilityIcon visibility={group.visibility} />
            </div>
            {group.description !== '' && (
              <p className={css.description}>
                <Seen text={group.description} />
              </p>
            )}
          </Cell>
          <Cell className={table.narrow}>{many(group.projects_count ?? 0, 'project')}</Cell>
          <Cell className={table.narrow}>{many(group.subgroups_count ?? 0, 'subgroup')}</Cell>
        </Row>
      ))}
    </Table>
  );
}
