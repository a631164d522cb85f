import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys } from '../../api/keys.ts';
import type { Owner } from '../../api/owner.ts';
import { ownerText } from '../../api/owner.ts';
import { ApiProblem, messageOf } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { changeRunner, createRunner, type RunnerDetails } from './queries.ts';
import { RunnerFields } from './runner-fields.tsx';
import {
  bodyOf,
  formOf,
  NEW_RUNNER,
  problemsSaid,
  type RunnerBody,
  type RunnerForm,
  type RunnerProblems,
} from './runner-form.ts';

interface FormProps {
  title: string;
  description?: string;
  initial: RunnerForm;
  lockable: boolean;
  submit: string;
  onClose: () => void;
  act: (body: RunnerBody) => Promise<unknown>;
}

/** A dialog with the fields of a runner; what the server says against one stands at it. */
function FormDialog({ title, description, initial, lockable, submit, onClose, act }: FormProps) {
  const client = useQueryClient();
  const [form, setForm] = useState(initial);
  const [wrong, setWrong] = useState<RunnerProblems>({});
  const send = useMutation({
    mutationFn: act,
    onSettled: () => client.invalidateQueries({ queryKey: keys.anyRunners }),
  });
  const said = send.error instanceof ApiProblem ? problemsSaid(send.error.fields) : {};
  const problems = { ...said, ...wrong };
  const go = () => {
    const outcome = bodyOf(form);
    if ('problems' in outcome) return setWrong(outcome.problems);
    setWrong({});
    send.mutate(outcome.body);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={description}
      onSubmit={go}
      problem={send.error && Object.keys(said).length === 0 ? messageOf(send.error) : null}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={send.isPending}>
            {submit}
          </Button>
        </>
      }
    >
      <RunnerFields
        form={form}
        problems={problems}
        lockable={lockable}
        onChange={(next) => {
          setForm(next);
          setWrong({});
          send.reset();
        }}
      />
    </Dialog>
  );
}

interface CreateProps {
  owner: Owner;
  onClose: () => void;
  onCreated: (created: { id: number; token: string }) => void;
}

export const CreateRunner = ({ owner, onClose, onCreated }: CreateProps) => (
  <FormDialog
    title="New runner"
    description={`A machine that runs jobs of ${ownerText(owner)}.`}
    initial={NEW_RUNNER}
    lockable={owner.scope === 'project'}
    submit="Create runner"
    onClose={onClose}
    act={async (body) => onCreated(await createRunner(owner, body))}
  />
);

export const EditRunner = ({ runner, onClose }: { runner: RunnerDetails; onClose: () => void }) => (
  <FormDialog
    title={`Edit runner ${runner.id}`}
    initial={formOf(runner)}
    lockable={runner.runner_type === 'project_type'}
    submit="Save"
    onClose={onClose}
    act={async ({ maximum_timeout = null, ...body }) => {
      await changeRunner(runner.id, { ...body, maximum_timeout });
      onClose();
    }}
  />
);
