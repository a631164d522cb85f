import { useMutation, useQuery } from '@tanstack/react-query';
import { FileX, Play } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import type { PageProps } from '../../address/routes.tsx';
import { useSearchValue } from '../../address/use-search.ts';
import { projectQuery, useAbilities } from '../../api/abilities.ts';
import { isStatus, messageOf } from '../../api/problem.ts';
import { useRefs } from '../../api/refs.ts';
import { useUser } from '../../api/session.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { Empty, Note, Skeleton } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Problem } from '../../ui/problem.tsx';
import { SuggestField } from '../../ui/suggest-field.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { ConfigurationProblems } from './configuration-problems.tsx';
import { askedWith, beyondInputs, bodyOf, type FormInput, type FormVariable, problemsSaid } from './form.ts';
import { InputField } from './input-field.tsx';
import css from './new-pipeline.module.css';
import { runFormQuery, runPipeline } from './queries.ts';
import { useEntered } from './use-entered.ts';
import { VariableFields } from './variable-fields.tsx';

/** The form of a new pipeline: for which ref, with which inputs and variables. */
export default function Page({ fullPath }: PageProps) {
  useTitle('Run pipeline', fullPath);
  const project = useQuery(projectQuery(fullPath));
  const can = useAbilities('project', fullPath);
  const signedIn = useUser()?.id ?? null;
  const [user, setUser] = useState(signedIn);
  // Where the session ends, what is typed stays: it is still that of whoever has typed it.
  if (signedIn !== null && signedIn !== user) setUser(signedIn);
  const [chosen, choose] = useSearchValue('ref');
  const [text, setText] = useState('');
  const refs = useRefs(fullPath, useDeferredValue(text));
  const ref = chosen === '' ? (project.data?.default_branch ?? '') : chosen;
  const form = useQuery(runFormQuery(fullPath, ref, {}));
  if (project.isError) return <Problem error={project.error} retry={() => void project.refetch()} />;
  if (project.isPending) return <Skeleton lines={6} />;
  if (isStatus(form.error, 403)) return <Problem error={form.error} />;
  return (
    <div className={css.page}>
      <PageHead title="Run pipeline" />
      <SuggestField
        label="Branch or tag"
        value={ref}
        suggestions={refs}
        onSearch={setText}
        // Back leaves the form, of which one is kept.
        onChange={(next) => choose(next, 'aside')}
        mono
      />
      {ref === '' ? (
        <Empty icon={FileX} title="There is nothing to run yet">
          The repository is empty: push a commit with a <code>.gitlab-ci.yml</code> first.
        </Empty>
      ) : (
        // Nobody is left with what another has typed.
        <RunForm
          key={`${user} ${ref}`}
          user={user}
          fullPath={fullPath}
          gitRef={ref}
          mayRun={can('create_pipeline')}
        />
      )}
    </div>
  );
}

interface Props {
  user: number | null;
  fullPath: string;
  gitRef: string;
  mayRun: boolean;
}

function RunForm({ user, fullPath, gitRef: ref, mayRun }: Props) {
  const [, navigate] = useLocation();
  const [entered, setEntered] = useEntered(user);
  const [offered, setOffered] = useState<readonly FormInput[]>([]);
  const asked = useMemo(() => askedWith(offered, entered), [offered, entered]);
  const form = useQuery(runFormQuery(fullPath, ref, useDeferredValue(asked)));
  if (form.data && form.data.inputs !== offered) setOffered(form.data.inputs);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const [known, setKnown] = useState<readonly FormVariable[]>([]);
  if (form.data && form.data.errors.length === 0 && form.data.variables !== known)
    setKnown(form.data.variables);
  const run = useMutation({
    mutationFn: (body: Parameters<typeof runPipeline>[1]) => runPipeline(fullPath, body),
    onSuccess: ({ id }) => navigate(addresses.pipeline(fullPath, id)),
  });
  if (form.isPending) return <Skeleton lines={6} />;
  if (!form.data)
    return isStatus(form.error, 404) ? (
      <Note tone="failed">
        There is no branch or tag named “<Name text={ref} />” here.
      </Note>
    ) : (
      <Problem error={form.error} retry={() => void form.refetch()} />
    );
  const inputs: readonly FormInput[] = form.data.inputs;
  const { allowed, errors, warnings } = form.data;
  // An input that is refused leaves the configuration unread; what it asked for before still holds.
  const variables = errors.length === 0 ? form.data.variables : known;
  const said = run.error ? problemsSaid(messageOf(run.error)) : { inputs: {}, rest: '' };
  const problems = { ...said.inputs, ...missing };
  const change = (next: typeof entered) => {
    setEntered(next);
    setMissing({});
    run.reset();
  };
  const submit = () => {
    const outcome = bodyOf(ref, { inputs, variables }, entered);
    setMissing(outcome.problems);
    if (Object.keys(outcome.problems).length === 0) run.mutate(outcome.body);
  };
  return (
    <form
      className={css.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {mayRun && !allowed && (
        <Note tone="waiting">
          You may not run pipelines for “<Name text={ref} />
          ”: it is protected. Choose another branch, or ask a maintainer.
        </Note>
      )}
      <ConfigurationProblems
        fullPath={fullPath}
        sha={form.data.sha}
        errors={beyondInputs(errors)}
        warnings={warnings}
      />
      {inputs.length > 0 && (
        <section className={css.section} aria-labelledby="inputs">
          <h2 id="inputs">Inputs</h2>
          {inputs.map((input) => (
            <InputField
              key={input.name}
              input={input}
              text={entered.inputs[input.name]}
              problem={problems[input.name]}
              onChange={(text) => change({ ...entered, inputs: { ...entered.inputs, [input.name]: text } })}
            />
          ))}
        </section>
      )}
      <VariableFields variables={variables} entered={entered} problems={problems} onChange={change} />
      {said.rest !== '' && <Note tone="failed">{said.rest}</Note>}
      <footer className={css.footer}>
        <Button type="submit" kind="primary" icon={Play} busy={run.isPending} disabled={!allowed || !mayRun}>
          Run pipeline
        </Button>
        <ButtonLink kind="quiet" href={addresses.pipelines(fullPath)}>
          Cancel
        </ButtonLink>
      </footer>
    </form>
  );
}
