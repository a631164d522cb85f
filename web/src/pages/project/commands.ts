/** What the example says: two stages, so that one sees them follow each other. */
export const EXAMPLE = `build:
  stage: build
  script:
    - echo "Building"

test:
  stage: test
  script:
    - echo "Testing"
`;

export interface PushTo {
  /** The address for git. */
  address: string;
  /** Who pushes; git asks for nothing but the password. */
  username: string;
  branch: string;
}

/** The address with the name in it, so that git asks for the password alone. */
export function addressFor({ address, username }: Pick<PushTo, 'address' | 'username'>): string {
  const url = new URL(address);
  url.username = username;
  return url.href;
}

const folderOf = (address: string) =>
  new URL(address).pathname
    .replace(/\.git$/, '')
    .split('/')
    .at(-1) || 'project';

const commit = `git add .
git -c user.name=You -c user.email=you@example.org commit -m "Add a pipeline"`;

/** For whoever has nothing yet: a folder with the example. */
export const newRepository = (
  to: PushTo,
): string => `mkdir ${folderOf(to.address)} && cd ${folderOf(to.address)}
git init --initial-branch=${to.branch}
cat > .gitlab-ci.yml << 'END'
${EXAMPLE}END
${commit}
git remote add origin ${addressFor(to)}
git push --set-upstream origin ${to.branch}
`;

/** For whoever has a repository: run in its folder. */
export const existingRepository = (to: PushTo): string => `git remote add jobyard ${addressFor(to)}
git push --set-upstream jobyard HEAD:${to.branch}
`;
