import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { useSearchValue } from '../../address/use-search.ts';
import { wayBack } from '../../address/way-back.ts';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { ApiProblem } from '../../api/problem.ts';
import { sessionQuery } from '../../api/session.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Form, FormActions } from '../../ui/form.tsx';
import { Note } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { passwordProblem } from '../../ui/password-problem.ts';
import { useToasts } from '../../ui/toasts.tsx';
import { useTitle } from '../../ui/use-title.ts';

/** One's own password: changed by who knows the old one. */
export default function PasswordPage() {
  useTitle('Password');
  const [, navigate] = useLocation();
  const [asked] = useSearchValue('redirect_to');
  const client = useQueryClient();
  const toasts = useToasts();
  const { data: session } = useQuery(sessionQuery);
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const back = wayBack(asked === '' ? null : asked, window.location.origin);
  const first = session?.must_change_password === true;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await api.PUT('/api/v4/user/password', { body: { current_password: current, password: next } });
      await client.invalidateQueries({ queryKey: keys.session });
      toasts.done('The password is changed. Your other sessions have ended.');
      navigate(back);
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem(0, 'Something went wrong.'));
      setBusy(false);
    }
  };
  const fields = problem?.fields ?? {};
  return (
    <>
      <PageHead
        title={first ? 'Choose a password of your own' : 'Change your password'}
        detail={
          first
            ? 'Somebody else may know the one you signed in with: it was given to you, or stands in a file of the server.'
            : 'Your sessions in other browsers end; access tokens stay.'
        }
      />
      <Form onSubmit={submit}>
        {/* Password managers look for whose password it is. */}
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={session?.user?.username ?? ''}
          readOnly
          hidden
        />
        <TextField
          label="Current password"
          name="current_password"
          type="password"
          autoComplete="current-password"
          required
          value={current}
          problem={fields.current_password && `The current password ${fields.current_password}.`}
          onChange={setCurrent}
        />
        <TextField
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={8}
          maxLength={128}
          hint="8 characters at least, and none that everybody tries first."
          value={next}
          problem={fields.password && `The new password ${fields.password}.`}
          onChange={setNext}
        />
        {problem !== null && Object.keys(fields).length === 0 && (
          <Note tone="failed">{passwordProblem(problem)}</Note>
        )}
        <FormActions>
          <Button type="submit" kind="primary" busy={busy}>
            Change the password
          </Button>
          <ButtonLink href={back} kind="quiet">
            {first ? 'Later' : 'Cancel'}
          </ButtonLink>
        </FormActions>
      </Form>
    </>
  );
}
