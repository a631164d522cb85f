/** Templates whose jobs start a Docker of their own. */
import { expect, test } from 'vitest';
import { including, pipelineOf, valueOf } from '../support/template-project.ts';

const STAGES = 'stages: [build, test, performance]\n';

test.each([
  ['Docker', 'docker-build'],
  ['Code-Quality', 'code_quality'],
  ['Jobs/Build', 'build'],
  ['Jobs/Browser-Performance-Testing', 'browser_performance'],
  ['Verify/Browser-Performance', 'browser_performance'],
  ['Verify/Load-Performance-Testing', 'load_performance'],
])('%s finds its Docker without certificates, which no folder shares with it', async (name, jobName) => {
  const { job } = await pipelineOf(including(name, STAGES), { variables: { KUBECONFIG: '/tmp/kubeconfig' } });
  const { services } = job(jobName);
  expect(services.map(({ command }) => command)).toEqual([['--tls=false', '--host=tcp://0.0.0.0:2375']]);
  expect(valueOf(job(jobName), 'DOCKER_TLS_CERTDIR')).toBe('');
});
