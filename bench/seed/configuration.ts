const linesOf = (text: string) => text.split('\n').length - 1;

/** A configuration of at least so many lines, as a team writes them by hand: templates, extends, rules, needs, caches. */
export function handWritten(lines: number): string {
  const blocks = Math.max(1, Math.ceil((lines - linesOf(HEAD)) / linesOf(blockOf(0))));
  return HEAD + Array.from({ length: blocks }, (_, block) => blockOf(block)).join('');
}

const HEAD = `stages: [build, test, deploy]

workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "push" || $CI_PIPELINE_SOURCE == "web"
    - if: $CI_COMMIT_TAG

variables:
  REGISTRY: $CI_REGISTRY_IMAGE/tools
  GIT_DEPTH: "20"

default:
  image: $REGISTRY/base:3
  interruptible: true
  before_script:
    - source ci/environment.sh

.cached: &cached
  cache:
    key:
      files: [package-lock.json]
    paths: [.npm/]

.on-change:
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
    - if: $CI_COMMIT_BRANCH =~ /^release-\\d+$/
      when: manual
      allow_failure: true
`;

const blockOf = (block: number) => `
# Component ${block}
build-${block}:
  extends: .on-change
  <<: *cached
  stage: build
  variables:
    COMPONENT: component-${block}
    OUTPUT: out/$COMPONENT
  script:
    - make -C $COMPONENT all
    - ./package.sh "$COMPONENT" --into "$OUTPUT"
  artifacts:
    paths:
      - out/component-${block}
    expire_in: 1 week

test-${block}:
  extends:
    - .on-change
  stage: test
  needs:
    - job: build-${block}
      artifacts: true
  script: |
    make -C component-${block} check
    ./report.sh > report.xml
  coverage: '/total: (\\d+\\.\\d+)%/'
  retry:
    max: 1
    when: [runner_system_failure, stuck_or_timeout_failure]
  artifacts:
    when: always
    reports:
      junit: report.xml
`;

/** So many jobs of matrices of two dimensions, each of which spreads one job as far as it may. */
export const matrices = (jobs: number): string => `
variables:
  MODE: fast
${portions(jobs, 200).map(matrix).join('')}`;

const matrix = (jobs: number, target: number) => `
build-${target}:
  script: make TARGET=$TARGET SEED=$SEED
  rules:
    - if: $CI_COMMIT_BRANCH
  parallel:
    matrix:
      - TARGET: target-${target}
        SEED: [${Array.from({ length: jobs }, (_, seed) => `"${seed}"`).join(', ')}]
`;

/** As many jobs out of included files of 20 jobs each, by path. */
export function included(jobs: number): Map<string, string> {
  const files = portions(jobs, 20).map(
    (count, file) =>
      [
        `ci/part-${file}.yml`,
        Array.from({ length: count }, (_, job) => partJob(`${file}-${job}`)).join('\n'),
      ] as const,
  );
  const root = `include:\n${files.map(([path]) => `  - local: ${path}`).join('\n')}\n\n.base:\n  image: alpine:3\n  tags: [small]\n`;
  return new Map([['.gitlab-ci.yml', root], ...files]);
}

const partJob = (name: string) => `part-${name}:
  extends: .base
  variables:
    PART: "${name}"
  script:
    - make part-${name}
  rules:
    - if: $CI_COMMIT_BRANCH == "main"
`;

/** So many in portions of `most`. */
function portions(total: number, most: number): number[] {
  return Array.from({ length: Math.ceil(total / most) }, (_, at) => Math.min(most, total - at * most));
}
