import { Ban, RotateCw } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Name, Seen } from '../../ui/name.tsx';
import { CodeLink } from '../../ui/code-link.tsx';
import { isActive, shownStatus, StatusBadge } from '../../ui/status.tsx';
import { Cell, Row, table } from '../../ui/table.tsx';
import { Duration, Time } from '../../ui/time.tsx';
import { sourceText } from './filters.ts';
import css from './pipelines.module.css';
import type { Action, Pipeline } from './queries.ts';

interface Props {
  fullPath: string;
  pipeline: Pipeline;
  busy: boolean;
  act: (action: Action) => void;
}

/** A pipeline in the list: what it is, of what, by whom, since when, and what can be done with it. */
export function PipelineRow({ fullPath, pipeline, busy, act }: Props) {
  const { actions, id, ref, sha, status, user, commit, yaml_errors: errors } = pipeline;
  const title = pipeline.name ?? commit?.title ?? `Pipeline ${id}`;
  return (
    <Row data-pipeline={id}>
      <Cell className={table.narrow}>
        <StatusBadge status={shownStatus(pipeline)} />
      </Cell>
      <Cell className={css.what}>
        <Link href={addresses.pipeline(fullPath, id)} className={css.title} data-row>
          <Name text={title} />
        </Link>
        <span className={css.detail}>
          <span className={css.id}>#{id}</span>
          <Link href={addresses.pipelines(fullPath, { ref })} className={css.ref} title={ref}>
            <Name text={ref} />
          </Link>
          <CodeLink fullPath={fullPath} href={addresses.commit(fullPath, sha)} className={css.sha}>
            <code>{sha.slice(0, 8)}</code>
          </CodeLink>
          {pipeline.name !== null && commit && (
            <span className={css.commit} title={commit.title}>
              <Name text={commit.title} />
            </span>
          )}
        </span>
        {errors && (
          <span className={css.errors}>
            <Seen text={errors} />
          </span>
        )}
      </Cell>
      <Cell className={css.who}>
        {user === null ? (
          <span className={css.muted}>Nobody</span>
        ) : (
          <span>
            <Name text={user.name} />
          </span>
        )}
        <span className={css.muted}>{sourceText(pipeline.source)}</span>
      </Cell>
      <Cell className={css.when}>
        <Time at={pipeline.created_at} />
        <span className={css.muted}>
          <Duration
            seconds={isActive(status) && pipeline.finished_at === null ? null : pipeline.duration}
            since={pipeline.started_at}
          />
        </span>
      </Cell>
      <Cell className={css.actions}>
        {actions.includes('cancel') && (
          <IconButton
            label={`Cancel pipeline ${id}`}
            icon={Ban}
            size="small"
            busy={busy}
            onClick={() => act('cancel')}
          />
        )}
        {actions.includes('retry') && (
          <IconButton
            label={`Retry pipeline ${id}`}
            icon={RotateCw}
            size="small"
            busy={busy}
            onClick={() => act('retry')}
          />
        )}
      </Cell>
    </Row>
  );
}
