/**
 * What the jobs of one `parallel` are called together: `rspec` of `rspec 2/5`, `test` of `test: [a, b]`. A job that
 * bears no such name is a group of its own.
 */
export function jobGroup(name: string): string {
  let rest = name.trimEnd();
  for (let shorter = withoutInstance(rest); shorter !== rest; shorter = withoutInstance(rest)) rest = shorter;
  return rest === '' ? name : rest;
}

function withoutInstance(name: string): string {
  if (name.endsWith(']')) {
    const open = /[\s:]+\[/.exec(name);
    return open ? name.slice(0, open.index) : name;
  }
  return name.replace(/[\s:]+\d+[\s:/\\]+\d+$/, '');
}
