import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { Fragment, useMemo } from 'react';
import { addresses } from '../../../address/addresses.ts';
import { Link } from '../../../address/link.tsx';
import { useSearchValue } from '../../../address/use-search.ts';
import { ButtonLink } from '../../../ui/button.tsx';
import { Names } from '../../../ui/name.tsx';
import { Note } from '../../../ui/note.tsx';
import { SmallSelect } from '../../../ui/small-select.tsx';
import { lookOf, StatusBadge } from '../../../ui/status.tsx';
import { Time } from '../../../ui/time.tsx';
import { type Attempt, jobQuery, variablesQuery } from '../queries.ts';
import css from './compare.module.css';
import { type Fact, factsOf, type Side, type Value } from './facts.ts';
import { LogDiff } from './log-diff.tsx';
import { sidesOf, sidesText } from './sides.ts';

interface Props {
  fullPath: string;
  /** The newest first. */
  attempts: readonly Attempt[];
  /** The one whose page it is. */
  shown: number;
}

/** Two attempts of a job side by side: what is known of each, and where their logs part. */
export function Compare({ fullPath, attempts, shown }: Props) {
  const [value, setValue] = useSearchValue('compare');
  const sides = sidesOf(value, attempts, shown);
  const find = (id: number | undefined) => attempts.find((each) => each.id === id);
  const [left, right] = [find(sides?.[0]), find(sides?.[1])];
  return (
    <section className={css.compare} aria-label="Attempts side by side">
      <header className={css.head}>
        <ButtonLink size="small" icon={ArrowLeft} href={addresses.job(fullPath, shown)}>
          To the log
        </ButtonLink>
        <h2>Attempts side by side</h2>
      </header>
      {sides === null || !left || !right ? (
        <Note>There was but one attempt of this job: there is nothing to compare it with.</Note>
      ) : (
        <>
          <Facts
            fullPath={fullPath}
            attempts={attempts}
            left={left}
            right={right}
            onPick={(one, other) => setValue(sidesText([one, other]))}
          />
          <LogDiff fullPath={fullPath} left={left} right={right} key={sidesText(sides)} />
        </>
      )}
    </section>
  );
}

interface FactsProps {
  fullPath: string;
  attempts: readonly Attempt[];
  left: Attempt;
  right: Attempt;
  onPick: (left: number, right: number) => void;
}

function Facts({ fullPath, attempts, left, right, onPick }: FactsProps) {
  const facts = factsOf(useSide(fullPath, left), useSide(fullPath, right));
  const options = useMemo(
    () => attempts.map((each) => ({ value: String(each.id), label: nameOf(each) })),
    [attempts],
  );
  return (
    <table className={css.facts}>
      <caption className="visually-hidden">What is known of both attempts</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">What is told</span>
          </th>
          <th scope="col" data-side="left">
            <SmallSelect
              label="Attempt on the left"
              value={String(left.id)}
              options={options}
              onChange={(id) => onPick(Number(id), right.id)}
            />
          </th>
          <th scope="col" data-side="right">
            <SmallSelect
              label="Attempt on the right"
              value={String(right.id)}
              options={options}
              onChange={(id) => onPick(left.id, Number(id))}
            />
          </th>
        </tr>
      </thead>
      <tbody>
        <tr data-differs={left.status !== right.status || undefined}>
          <th scope="row">Status</th>
          {[left, right].map((each, index) => (
            <td key={index} data-side={index === 0 ? 'left' : 'right'}>
              <StatusBadge status={each.status} allowFailure={each.allow_failure} />{' '}
              <Link href={addresses.job(fullPath, each.id)}>#{each.id}</Link>
            </td>
          ))}
        </tr>
        <tr>
          <th scope="row">Started</th>
          {[left, right].map((each, index) => (
            <td key={index} data-side={index === 0 ? 'left' : 'right'}>
              <Time
                at={each.started_at ?? each.created_at}
                prefix={each.started_at ? '' : 'not yet, created'}
              />
            </td>
          ))}
        </tr>
        {facts.map((fact) => (
          <FactRow key={fact.name} fact={fact} />
        ))}
      </tbody>
    </table>
  );
}

function FactRow({ fact: { name, left, right, more, isCode } }: { fact: Fact }) {
  const differs = JSON.stringify(left) !== JSON.stringify(right);
  const shown = (value: Value) => {
    if (value.length === 0)
      return (
        <span className={css.none}>
          <span aria-hidden>–</span>
          <span className="visually-hidden">none</span>
        </span>
      );
    const lines = value.map((parts, index) => (
      <Fragment key={index}>
        {index > 0 && '\n'}
        <Names of={parts} between="" />
      </Fragment>
    ));
    return isCode ? <code>{lines}</code> : lines;
  };
  return (
    <tr data-differs={differs || undefined}>
      <th scope="row">
        {name}
        {differs && <span className="visually-hidden"> (they differ)</span>}
      </th>
      <td data-side="left">{shown(left)}</td>
      <td data-side="right">
        {shown(right)} {more !== '' && <span className={css.more}>{more}</span>}
      </td>
    </tr>
  );
}

function useSide(fullPath: string, attempt: Attempt): Side {
  const readable = attempt.actions.includes('read_variables');
  const job = useQuery(jobQuery(fullPath, attempt.id));
  const variables = useQuery({ ...variablesQuery(fullPath, attempt.id), enabled: readable });
  return { attempt, job: job.data, variables: readable ? (variables.data ?? []) : null };
}

const nameOf = ({ attempt, id, status, allow_failure }: Attempt) =>
  `${attempt}. #${id}, ${lookOf(status, allow_failure).label.toLowerCase()}`;
