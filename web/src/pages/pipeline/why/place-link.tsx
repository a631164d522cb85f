import { addresses } from '../../../address/addresses.ts';
import { CodeLink } from '../../../ui/code-link.tsx';
import { Name } from '../../../ui/name.tsx';

/** A place in a file of this commit, as a link; one in another project or elsewhere as it is said. */
export function PlaceLink({
  file,
  line,
  fullPath,
  sha,
}: {
  file: string;
  line: number;
  fullPath: string;
  sha: string;
}) {
  const text = (
    <code>
      <Name text={file} />:{line}
    </code>
  );
  if (!/^[\w./ -]+$/.test(file)) return text;
  return (
    <CodeLink fullPath={fullPath} href={`${addresses.blob(fullPath, sha, file)}#L${line}`}>
      {text}
    </CodeLink>
  );
}
