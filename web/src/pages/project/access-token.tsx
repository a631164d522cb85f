import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { messageOf } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { CopyBlock } from '../../ui/copy.tsx';
import { Note } from '../../ui/note.tsx';
import css from './push-guide.module.css';

const DAYS = 90;
const DAY_MS = 86_400_000;

/** What git takes for a password, made right here. It is shown once. */
export function AccessToken({ fullPath, username }: { fullPath: string; username: string }) {
  const [token, setToken] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const make = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const created = await dataOf(
        api.POST('/api/v4/user/personal_access_tokens', {
          body: {
            name: `git of ${fullPath}`,
            scopes: ['read_repository', 'write_repository'],
            expires_at: new Date(Date.now() + DAYS * DAY_MS).toISOString().slice(0, 10),
          },
        }),
      );
      setToken(created.token);
    } catch (error) {
      setProblem(messageOf(error));
    }
    setBusy(false);
  };
  if (token !== null)
    return (
      <>
        <Note tone="success">
          Paste it when git asks for the password of {username}. It is shown this once, and works for {DAYS}{' '}
          days.
        </Note>
        <CopyBlock label="Access token" text={token} />
      </>
    );
  return (
    <>
      <div className={css.row}>
        <p>Git will ask for a password: it takes an access token, not the password you sign in with.</p>
        <Button icon={KeyRound} busy={busy} onClick={() => void make()}>
          Create an access token
        </Button>
      </div>
      {problem !== null && <Note tone="failed">{problem}</Note>}
    </>
  );
}
