import { Shield, Trash2 } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { useAbilities } from '../../api/abilities.ts';
import { IconButton } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { LastPipeline, type ListedPipeline } from '../../ui/last-pipeline.tsx';
import { Cell, Row, Table, table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { useRowKeys } from '../../ui/use-row-keys.ts';
import css from './branch-table.module.css';

interface Branch {
  name: string;
  default: boolean;
  protected: boolean;
  merged: boolean;
  can_push: boolean;
  commit: { id: string; short_id: string; title: string; author_name: string; committed_date: string };
  last_pipeline?: ListedPipeline | null;
}

interface Props {
  fullPath: string;
  branches: readonly Branch[];
  onDelete: (branch: string) => void;
}

/** Branches; those that the person may delete have a button for it. */
export function BranchTable({ fullPath, branches, onDelete }: Props) {
  const can = useAbilities('project', fullPath);
  const mayPush = can('push_code');
  const rows = useRowKeys<HTMLDivElement>('branch');
  return (
    <div ref={rows}>
      <Table label="Branches" head={['Pipeline', 'Branch', 'Last commit', 'When', 'Actions']}>
        {branches.map((branch) => (
          <Row key={branch.name}>
            <Cell className={table.narrow}>
              <LastPipeline fullPath={fullPath} pipeline={branch.last_pipeline} />
            </Cell>
            <Cell className={css.name}>
              <Link href={addresses.tree(fullPath, branch.name)} data-row>
                <code>
                  <Name text={branch.name} />
                </code>
              </Link>
              {branch.default && <span className={css.mark}>default</span>}
              {branch.protected && (
                <span className={css.mark}>
                  <Shield size={12} aria-hidden /> protected
                </span>
              )}
              {branch.merged && <span className={css.mark}>merged</span>}
            </Cell>
            <Cell className={css.commit}>
              <Link href={addresses.commit(fullPath, branch.commit.id)} className={css.title}>
                <Name text={branch.commit.title} />
              </Link>
              <span className={css.author}>
                <Name text={branch.commit.author_name} />
              </span>
            </Cell>
            <Cell className={table.narrow}>
              <Time at={branch.commit.committed_date} />
            </Cell>
            <Cell className={table.narrow}>
              {mayPush && branch.can_push && !branch.default && !branch.protected && (
                <IconButton
                  label={`Delete ${branch.name}`}
                  icon={Trash2}
                  size="small"
                  onClick={() => onDelete(branch.name)}
                />
              )}
            </Cell>
          </Row>
        ))}
      </Table>
    </div>
  );
}
