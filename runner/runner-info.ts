import { readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';

/** Version of the program, from the package.json that lies nearest above this file. */
export const VERSION = readVersion();

const FEATURES = [
  'variables',
  'artifacts',
  'cache',
  'fallback_cache_keys',
  'shared',
  'upload_multiple_artifacts',
  'upload_raw_artifacts',
  'refspecs',
  'masking',
  'raw_variables',
  'artifacts_exclude',
  'multi_build_steps',
  'trace_reset',
  'trace_checksum',
  'trace_size',
  'cancelable',
  'return_exit_code',
  'cancel_gracefully',
  'two_phase_job_commit',
];

const MISSING = [
  'image',
  'services',
  'session',
  'terminal',
  'proxy',
  'vault_secrets',
  'service_variables',
  'service_multiple_aliases',
  'image_executor_opts',
  'service_executor_opts',
  'native_steps_integration',
  'job_inputs',
];

/** The `info` object that every request about a runner or a job carries: what runs here, and what it can do. */
export const RUNNER_INFO = {
  name: 'jobyard-runner',
  version: VERSION,
  platform: platform(),
  architecture: goArchitecture(),
  executor: 'shell',
  shell: 'bash',
  features: Object.fromEntries([
    ...FEATURES.map((name) => [name, true] as const),
    ...MISSING.map((name) => [name, false] as const),
  ]),
};

/** The processor by the name that other runners report, as `CI_RUNNER_EXECUTABLE_ARCH` shows it. */
export function goArchitecture(): string {
  const names: Record<string, string> = { x64: 'amd64', ia32: '386' };
  return names[arch()] ?? arch();
}

function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
      if (typeof found === 'object' && found && 'version' in found) return String(found.version);
    } catch {
      // not here: the compiled program lies one folder deeper
    }
  }
  return '0.0.0';
}
