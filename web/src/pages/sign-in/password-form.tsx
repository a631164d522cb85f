import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, beginSession, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Note } from '../../ui/note.tsx';
import { passwordProblem } from '../../ui/password-problem.ts';

import css from './page.module.css';

/** A problem takes the room of the hint, so that nothing moves when one is told. */
export function PasswordForm({ onSignedIn }: { onSignedIn: (mustChangePassword: boolean) => void }) {
  const client = useQueryClient();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const session = await dataOf(api.POST('/api/v4/session', { body: { login: login.trim(), password } }));
      beginSession(session);
      // What was kept is what nobody may see; nothing of it is true any more.
      client.clear();
      client.setQueryData(keys.session, session);
      onSignedIn(session.must_change_password);
    } catch (error) {
      setProblem(passwordProblem(error));
      setBusy(false);
    }
  };
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <TextField
        label="Username or email"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the page has no other purpose
        autoFocus
        value={login}
        onChange={setLogin}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={setPassword}
      />
      <div className={css.room}>
        {problem === null ? (
          <p>
            The first start of a server prints the password of <code>root</code>, and keeps it in the file{' '}
            <code>root-password</code> of its data folder.
          </p>
        ) : (
          <Note tone="failed">{problem}</Note>
        )}
      </div>
      <Button type="submit" kind="primary" busy={busy}>
        Sign in
      </Button>
    </form>
  );
}
