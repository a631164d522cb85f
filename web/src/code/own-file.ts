/**
 * How places begin that are in no file of the project at this commit: `group/project:`, `https:`, `template:`, `artifacts of`,
 * a configuration that its settings name elsewhere (`ci.yml@group/project`), and a name of which not all is told.
 */
const ELSEWHERE = /:|^artifacts of |\.ya?ml@|\[MASKED\]/;

/** Whether a place that the server tells is in a file of the project's own. One with a colon in its name is taken for another's. */
export const isOwnFile = (file: string): boolean => !ELSEWHERE.test(file) && file.isWellFormed();
