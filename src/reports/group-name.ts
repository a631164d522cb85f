/** The name that the jobs of one `parallel: n` share: `rspec` of `rspec 2/5`. */
export const groupName = (name: string): string => name.replace(/[\s:]+\d+[\s:/\\]+\d+\s*$/, '');
