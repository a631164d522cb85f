/** A word of shell that stands for the text as it is. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The text of a script that stops at its first failing command, for bash or a plain sh. Standard input is
 * empty for its commands.
 */
export function strictScript(lines: string[]): string {
  return [
    'exec </dev/null',
    'set -e',
    // A plain sh may not know pipefail, and would end here if asked for it.
    'if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi',
    'set +C',
    'umask 022',
    ...lines,
    '',
  ].join('\n');
}

/**
 * The script of a job's step: goes to the project's folder, takes over the variables that earlier steps left in
 * `envFile` as KEY=VALUE lines, and shows each command before it runs.
 */
export function stepScript(
  commands: string[],
  place: { folder: string; envFile: string; debugTrace: boolean },
): string {
  return strictScript([
    `cd -- ${quote(place.folder)}`,
    `if [ -f ${quote(place.envFile)} ]; then`,
    '  while IFS= read -r _jobyard_line || [ -n "$_jobyard_line" ]; do',
    '    case $_jobyard_line in [A-Za-z_]*=*) export "$_jobyard_line" ;; esac',
    `  done < ${quote(place.envFile)}`,
    '  unset _jobyard_line',
    'fi',
    ...(place.debugTrace ? ['set -x'] : []),
    ...commands.flatMap((command) => [`printf '%s\\n' ${quote(echoed(command))}`, command]),
  ]);
}

function echoed(command: string): string {
  const lines = command.trimEnd().split('\n');
  const more = lines.length > 1 ? ` # and ${lines.length - 1} more line${lines.length > 2 ? 's' : ''}` : '';
  return `\x1b[32;1m$ ${lines[0] ?? ''}${more}\x1b[0;m`;
}
