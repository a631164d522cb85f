import { addresses } from '../address/addresses.ts';
import { CodeLink } from '../ui/code-link.tsx';
import { Name } from '../ui/name.tsx';
import { isOwnFile } from './own-file.ts';

/** A place in a file of the project's own as a link, one elsewhere as it is said. */
export function PlaceLink({
  file,
  line,
  fullPath,
  refName,
}: {
  file: string;
  line: number;
  fullPath: string;
  /** Where the file is looked for: a branch or a commit. */
  refName: string;
}) {
  const text = (
    <code>
      <Name text={file} />:{line}
    </code>
  );
  if (!isOwnFile(file)) return text;
  return (
    <CodeLink fullPath={fullPath} href={`${addresses.blob(fullPath, refName, file)}#L${line}`}>
      {text}
    </CodeLink>
  );
}
