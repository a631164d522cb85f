import fc from 'fast-check';

/** Words that get past the parser often enough to reach the later passes. */
const WORDS =
  'script|stage|needs|extends|rules|if|when|a|b|.c|variables|default|image|stages|workflow|build|test|.pre|manual|' +
  'never|$A == "x"|$CI_COMMIT_BRANCH|<<|5|null|true|*x|&x [a]|include|local|1:30|artifacts|inherit|services|' +
  'dependencies|job|optional|retry|max|exit_codes|allow_failure|interruptible|delayed|start_in|1 day|coverage|' +
  '/x+/|resource_group|environment|name|url|on_stop|action|stop|trigger|project|branch|strategy|depend|forward|' +
  'artifact|file|auto_cancel|on_new_commit|cache|key|files|prefix|paths|policy|fallback_keys|reports|junit|' +
  'coverage_report|access|public|expose_as|parallel|matrix|2|$[[ matrix.a ]]|!reference [a, script]|!reference [b]|$[[ inputs.a ]]|$[[ inputs.a | truncate(0,1) ]]';
const word = fc.constantFrom(...WORDS.split('|'));
const value: fc.Arbitrary<string> = fc.letrec<{ any: string; list: string; map: string }>((tie) => ({
  any: fc.oneof({ maxDepth: 5, withCrossShrink: true }, word, tie('list'), tie('map')),
  list: fc.array(tie('any'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
  map: fc
    .array(fc.tuple(word, tie('any')), { maxLength: 5 })
    .map((pairs) => `{${pairs.map(([key, item]) => `${key}: ${item}`).join(', ')}}`),
})).map;
const jobsText = fc
  .uniqueArray(fc.tuple(word, word, value), { selector: ([job]) => job, minLength: 1, maxLength: 4 })
  .map((list) => list.map(([job, key, item]) => `${job}: {script: x, ${key}: ${item}}`).join('\n'));

/** Jobs that only differ in what matters for the graph. */
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const graph = fc.uniqueArray(
  fc.record({
    name,
    stage: fc.constantFrom('build', 'test', 'deploy'),
    needs: fc.option(fc.array(fc.record({ job: name, optional: fc.boolean() }), { maxLength: 3 })),
    rules: fc.constantFrom(
      '',
      ', rules: [{if: $CI_COMMIT_BRANCH}]',
      ', rules: [{if: $NO}]',
      ', rules: [{if: $CI_COMMIT_BRANCH, needs: [a]}]',
    ),
    parallel: fc.constantFrom('', '', ', parallel: 2', ', parallel: {matrix: [{A: [x, y]}]}'),
  }),
  { selector: (job) => job.name, minLength: 1, maxLength: 5 },
);

/** Jobs with needs, most of them in order. */
export const graphText = graph.map((list) => list.map(asLine).join('\n'));

interface GraphJob {
  name: string;
  stage: string;
  needs: { job: string; optional: boolean }[] | null;
  rules: string;
  parallel: string;
}

function asLine({ name: job, stage, needs, rules, parallel }: GraphJob): string {
  const list = needs?.map((need) => `{job: ${need.job}, optional: ${need.optional}}`).join(', ');
  return `${job}: {script: x, stage: ${stage}${needs ? `, needs: [${list}]` : ''}${rules}${parallel}}`;
}

/** Jobs that extend each other, or what is not there, beside includes of what is not. */
const extending = fc
  .tuple(
    fc.constantFrom('', '', 'include: gone.yml\n', 'include: [{local: .gitlab-ci.yml, template: a}]\n'),
    fc.uniqueArray(fc.tuple(name, fc.constantFrom('a', 'b', 'c', '[a, b]', 'gone', '.list')), {
      selector: ([one]) => one,
      minLength: 1,
    }),
  )
  .map(([include, list]) => {
    const jobs = list.map(([one, parents]) => `${one}: {script: x, extends: ${parents}}`);
    return `${include}.list: [x]\n${jobs.join('\n')}`;
  });

/** Few, so that the later passes are reached as often as without. */
const HEADERS = ['', '', '', '', '', 'spec: {inputs: {a: {default: "x: [y"}}}\n---\n'];

/** From no YAML at all to what is nearly a pipeline. */
export const anyText = fc
  .tuple(
    fc.constantFrom(...HEADERS),
    fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), value, jobsText, graphText, extending),
  )
  .map((parts) => parts.join(''));

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const text = fc.constantFrom(
  'x',
  'echo $A',
  'yes',
  '0755',
  ':b',
  '- a',
  'a: b',
  '$[[ inputs.text ]]',
  'ü\n#',
  ' b ',
  "it's\n",
  '\\ "',
  '~',
  '1e3',
);
const variables = fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D'), text, { maxKeys: 3 });
/** What stands for a tag or an alias, which JSON has not. */
const raw = (yaml: string) => `@raw ${yaml} @`;
const lines = fc.constant(raw('!reference [.lines, script]'));
const keywords = {
  stage: sometimes(fc.constantFrom('one', 'two', '.post')),
  script: sometimes(fc.array(fc.oneof(text, lines), { minLength: 1 })),
  variables: sometimes(fc.option(variables)),
  tags: sometimes(fc.array(fc.constantFrom('big', '$A', '$[[ inputs.text ]]'), { maxLength: 2 })),
  rules: sometimes(
    fc.constantFrom(
      [{ if: '$CI_COMMIT_BRANCH', variables: { D: 'rule' } }],
      [
        { if: '$A == "x"', when: 'manual' },
        { when: 'always', allow_failure: true },
      ],
      [raw('!reference [.rules]'), { when: 'on_success' }],
      [],
    ),
  ),
  when: sometimes(fc.constantFrom('manual', 'always')),
  image: sometimes(fc.constantFrom('a', { name: 'b', entrypoint: ['sh'] })),
  retry: sometimes(fc.constantFrom(1, { max: 2, when: 'script_failure' })),
  artifacts: sometimes(fc.constantFrom({ paths: ['a'] }, { reports: { junit: 'a.xml' } })),
  parallel: sometimes(fc.constantFrom(2, { matrix: [{ A: ['x', 1], B: raw('$[[ inputs.list ]]') }] })),
};
const template = fc.record(keywords);
/** A job of its own name has a script even when its templates have none. */
const job = fc.record({
  extends: sometimes(fc.constantFrom('.one', '.two', ['.one', '.two'])),
  '<<': sometimes(fc.constantFrom(raw('*first'), raw('[*first, *second]'))),
  ...keywords,
  script: fc.oneof(fc.constant('x'), fc.array(fc.oneof(text, lines), { minLength: 1 })),
  inherit: sometimes(fc.constantFrom({ default: false }, { default: ['tags'], variables: ['A'] })),
  needs: sometimes(
    fc.constantFrom(
      [],
      ['first'],
      [{ job: 'gone', optional: true }, 'first'],
      [{ job: 'b', optional: true }],
    ),
  ),
});

const asYaml = (content: unknown) =>
  JSON.stringify(content)
    .replaceAll(/"@raw (.*?) @"/g, (_, yaml: string) => yaml.replaceAll('\\"', '"'))
    .replaceAll('"<<":', '<< : ');

/** Configurations of all that says the same in two ways: inputs, includes, aliases, templates, references, defaults. */
export const wholeConfiguration = fc
  .record({
    first: template,
    second: template,
    included: template,
    defaults: fc.record({ tags: keywords.tags, retry: keywords.retry, image: keywords.image }),
    root: variables,
    workflow: fc.constantFrom({}, { rules: [{ if: '$CI_COMMIT_BRANCH', variables: { C: 'workflow' } }] }),
    jobs: fc.dictionary(fc.constantFrom('a', 'b', 'c', '$[[ inputs.text ]]'), job, {
      minKeys: 1,
      maxKeys: 4,
    }),
  })
  .map(({ first, second, included, defaults, root, workflow, jobs }) => ({
    '.gitlab-ci.yml': [
      'spec: {inputs: {text: {default: in}, list: {type: array, default: [y, z]}}}\n---',
      'include: {local: other.yml, inputs: {of: $[[ inputs.text ]]}}',
      'stages: [one, two, test]',
      `.first: &first ${asYaml(first)}`,
      `.second: &second ${asYaml(second)}`,
      `default: ${asYaml(defaults)}`,
      `variables: ${asYaml(root)}`,
      ...(Object.keys(workflow).length > 0 ? [`workflow: ${asYaml(workflow)}`] : []),
      ...Object.entries(jobs).map(([key, content]) => `${asYaml(key)}: ${asYaml(content)}`),
    ].join('\n'),
    'other.yml': [
      'spec: {inputs: {of: , text: {default: b}, list: {type: array, default: [q]}}}\n---',
      '.lines: {script: [one, [two, $[[ inputs.of ]]]]}',
      '.rules: [{if: $CI_COMMIT_TAG}]',
      `.one: ${asYaml(included)}`,
      '.two: {extends: .one, variables: {B: two}}',
      'first: {stage: one, script: x}',
    ].join('\n'),
  }));
