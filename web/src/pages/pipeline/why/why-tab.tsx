import { queryOptions, useQuery } from '@tanstack/react-query';
import { CircleHelp } from 'lucide-react';
import { useMemo } from 'react';
import { useSearchValues } from '../../../address/use-search.ts';
import { api, dataOf } from '../../../api/client.ts';
import { isStatus } from '../../../api/problem.ts';
import { PlaceLink } from '../../../code/place-link.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Seen } from '../../../ui/name.tsx';
import { Empty, Note, Skeleton } from '../../../ui/note.tsx';
import { Choice } from '../../../ui/choice.tsx';
import { Problem } from '../../../ui/problem.tsx';
import { Decision, type Explained } from './decision.tsx';
import { searchDecisions, type Which } from './search-decisions.ts';
import css from './why.module.css';

/** It was kept when the pipeline was created, and does not change. */
const explanationQuery = (fullPath: string, pipeline_id: number) =>
  queryOptions({
    queryKey: ['project', fullPath, 'explain', pipeline_id],
    queryFn: () => fetchExplanation(fullPath, pipeline_id),
    staleTime: Infinity,
  });
const fetchExplanation = (fullPath: string, pipeline_id: number) =>
  dataOf(
    api.GET('/api/v4/projects/{id}/pipelines/{pipeline_id}/explain', {
      params: { path: { id: fullPath, pipeline_id } },
    }),
  );
type Explanation = Awaited<ReturnType<typeof fetchExplanation>>;

/** More at once are of no use; the search finds the others. */
const MOST = 200;

/** Which rule put each job into the pipeline, or left it out. */
export function WhyTab({ fullPath, pipeline, sha }: { fullPath: string; pipeline: number; sha: string }) {
  const { data, error, refetch } = useQuery(explanationQuery(fullPath, pipeline));
  if (isStatus(error, 404))
    return (
      <Empty icon={CircleHelp} title="Nothing was kept for this pipeline">
        Its decisions are not known: it was created before they were kept. A new pipeline keeps them.
      </Empty>
    );
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton lines={8} />;
  if (data.workflow.reason === 'skipped')
    return (
      <Empty icon={CircleHelp} title="The pipeline was skipped">
        No job was created, and the configuration was not read: <Seen text={data.workflow.message} />.
      </Empty>
    );
  return <Decisions of={data} fullPath={fullPath} sha={sha} />;
}

function Decisions({ of, fullPath, sha }: { of: Explanation; fullPath: string; sha: string }) {
  const [values, set] = useSearchValues(['job', 'which']);
  const text = values.job ?? '';
  const which: Which = values.which === 'in' || values.which === 'out' ? values.which : 'all';
  const jobs: readonly Explained[] = of.jobs;
  const found = useMemo(() => searchDecisions(jobs, text, which), [jobs, text, which]);
  const out = jobs.filter(({ included }) => !included).length;
  const place = { fullPath, sha };
  return (
    <div className={css.page}>
      <p className={css.lead}>
        Each job of the configuration, with the rule that decided about it and the values that the rule read.
      </p>
      {[...of.errors.map(told('failed')), ...of.warnings.map(told('waiting'))].map(({ tone, each }) => (
        <Note key={`${each.file}:${each.line}:${each.message}`} tone={tone}>
          <Seen text={each.message} /> (
          <PlaceLink file={each.file} line={each.line} fullPath={fullPath} refName={sha} />)
        </Note>
      ))}
      {of.abridged && (
        <Note>There was more to tell than is kept: some rules stand here without what they read.</Note>
      )}
      <div className={css.tools}>
        <div className={css.search}>
          <TextField
            label="Job"
            type="search"
            placeholder="Why is my job missing? Its name"
            value={text}
            onChange={(next) => set({ job: next }, 'typed')}
          />
        </div>
        <Choice
          label="Which jobs"
          value={which}
          options={[
            { value: 'all', label: `All ${jobs.length}` },
            { value: 'out', label: `Left out ${out}` },
            { value: 'in', label: `In the pipeline ${jobs.length - out}` },
          ]}
          onChange={(next) => set({ which: next === 'all' ? null : next })}
        />
      </div>
      {found.length === 0 && (
        <NotThere text={text} includes={of.includes.filter(({ included }) => !included)} />
      )}
      {found.length > 0 && (
        <ul className={css.list} aria-label="Jobs">
          {found.slice(0, MOST).map((job) => (
            <Decision
              key={`${job.name} ${job.file}:${job.line}`}
              of={job}
              open={found.length === 1 || (text !== '' && job.name === text)}
              {...place}
            />
          ))}
        </ul>
      )}
      {found.length > MOST && <p className={css.muted}>{found.length - MOST} more: search for the name.</p>}
      <h3 className={css.heading}>The pipeline as a whole</h3>
      <ul className={css.list} aria-label="The pipeline and its includes">
        <Decision of={{ name: 'workflow', stage: '', ...of.workflow }} {...place} />
        {of.includes.map((each) => (
          <Decision
            key={`${each.location} ${each.file}:${each.line}`}
            of={{ ...each, name: `include ${each.location}`, stage: '' }}
            {...place}
          />
        ))}
      </ul>
    </div>
  );
}

/** The name that was searched for stands nowhere: what that can mean. */
function NotThere({ text, includes }: { text: string; includes: readonly { location: string }[] }) {
  return (
    <Empty
      icon={CircleHelp}
      title={text === '' ? 'No such job' : `The configuration has no job “${text.trim()}”`}
    >
      <ul className={css.causes}>
        <li>It may be called otherwise: search for a part of its name.</li>
        <li>It may stand in a branch that this commit does not have.</li>
        <li>Names that begin with a dot are templates, and never jobs.</li>
        {includes.map(({ location }) => (
          <li key={location}>
            It may stand in <Seen text={location} />, which a rule has left out: see below.
          </li>
        ))}
      </ul>
    </Empty>
  );
}

const told = (tone: 'failed' | 'waiting') => (each: Explanation['errors'][number]) => ({ tone, each });
