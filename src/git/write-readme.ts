import { writeCommit } from './commit-files.ts';
import type { Repository } from './repository.ts';
import { type Person, updateRefs } from './update-refs.ts';

/** Gives a new project its first commit: a README.md with its name and what it is. No pipeline comes of it. */
export async function writeReadme(
  repository: Repository,
  project: { name: string; description: string | null; default_branch: string | null },
  author: Person,
  now: number,
): Promise<void> {
  const text = [`# ${project.name}`, project.description ?? ''].filter(Boolean).join('\n\n');
  const content = Buffer.from(`${text}\n`);
  const update = await writeCommit(repository, {
    branch: project.default_branch ?? 'main',
    message: 'Initial commit',
    actions: [{ action: 'create', file_path: 'README.md', content }],
    author,
    committer: author,
    now,
  });
  await updateRefs(repository, [update]);
}
