import { useQuery } from '@tanstack/react-query';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { projectQuery, useAbilities } from '../../api/abilities.ts';
import type { Owner } from '../../api/owner.ts';
import { Cell, Row, Table } from '../../ui/table.tsx';
import { Seen } from '../../ui/name.tsx';
import { variablesQuery } from './queries.ts';
import { EVERYWHERE } from './variable-form.ts';
import { Flags } from './variable-row.tsx';
import css from './variables.module.css';

/** What jobs get from above: of the groups and the server, as far as the person may read it. */
export function Inherited({ owner }: { owner: Owner }) {
  const project = useQuery({ ...projectQuery(owner.fullPath), enabled: owner.scope === 'project' });
  const inGroup = owner.scope === 'group' || project.data?.namespace.kind === 'group';
  const isAdmin = useAbilities('server', '')('admin_instance_variables');
  const parts = owner.fullPath.split('/').slice(0, -1);
  const groups = inGroup ? parts.map((_, index) => parts.slice(0, index + 1).join('/')) : [];
  return (
    <>
      {groups.toReversed().map((path) => (
        <OfGroup key={path} path={path} />
      ))}
      {isAdmin && <From owner={{ scope: 'server', fullPath: '' }} />}
    </>
  );
}

function OfGroup({ path }: { path: string }) {
  const can = useAbilities('group', path);
  return can('admin_group_cicd_variables') && <From owner={{ scope: 'group', fullPath: path }} />;
}

function From({ owner }: { owner: Owner }) {
  const { data } = useQuery(variablesQuery(owner));
  if (!data || data.items.length === 0) return null;
  const name = owner.scope === 'server' ? 'the server' : owner.fullPath;
  const href =
    owner.scope === 'server' ? addresses.instanceSettings() : addresses.groupSettings(owner.fullPath);
  return (
    <section className={css.inherited} aria-label={`Variables of ${name}`}>
      <h2>
        Inherited from <Link href={href}>{name}</Link>
      </h2>
      <Table label={`Variables of ${name}`} head={['Variable', 'Environments']}>
        {data.items.map((variable) => (
          <Row key={`${variable.key} ${variable.environment_scope}`}>
            <Cell>
              <code className={css.key}>
                <Seen text={variable.key} />
              </code>
              <Flags variable={variable} />
              {variable.description && (
                <p className={css.description}>
                  <Seen text={variable.description} />
                </p>
              )}
            </Cell>
            <Cell className={css.scope} data-head="Environments">
              {(variable.environment_scope ?? EVERYWHERE) === EVERYWHERE ? (
                'Everywhere'
              ) : (
                <code>
                  <Seen text={variable.environment_scope ?? ''} />
                </code>
              )}
            </Cell>
          </Row>
        ))}
      </Table>
    </section>
  );
}
