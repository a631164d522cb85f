import { useQueryClient } from '@tanstack/react-query';
import { Sparkles } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import { api, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { messageOf } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';
import { EXAMPLE } from './commands.ts';

/** Commits the example here and now, and goes to the pipeline that comes of it. */
export function AddExample({ fullPath, branch }: { fullPath: string; branch: string }) {
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const add = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const commit = await dataOf(
        api.POST('/api/v4/projects/{id}/repository/commits', {
          params: { path: { id: fullPath } },
          body: {
            branch,
            commit_message: 'Add an example pipeline',
            actions: [{ action: 'create', file_path: '.gitlab-ci.yml', content: EXAMPLE, encoding: 'text' }],
            force: false,
            stats: false,
          },
        }),
      );
      void client.invalidateQueries({ queryKey: keys.project(fullPath) });
      const { last_pipeline: pipeline } = commit;
      if (pipeline) navigate(addresses.pipeline(fullPath, pipeline.id));
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };
  return (
    <>
      <div>
        <Button kind="primary" icon={Sparkles} busy={busy} onClick={() => void add()}>
          Add an example pipeline
        </Button>
      </div>
      {problem !== null && <Note tone="failed">{problem}</Note>}
    </>
  );
}
