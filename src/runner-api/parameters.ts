import type { IncomingHttpHeaders } from 'node:http';
import { type Static, Type } from 'typebox';
import type { ManagerDetails } from '../runners/heartbeat.ts';

/** What a runner says of itself. Whatever else it says is ignored, so that newer ones are understood. */
export const Info = Type.Object({
  name: Type.Optional(Type.String()),
  version: Type.Optional(Type.String()),
  revision: Type.Optional(Type.String()),
  platform: Type.Optional(Type.String()),
  architecture: Type.Optional(Type.String()),
  executor: Type.Optional(Type.String()),
  features: Type.Optional(Type.Object({}, { additionalProperties: Type.Unknown() })),
  config: Type.Optional(Type.Object({ gpus: Type.Optional(Type.String()) })),
  labels: Type.Optional(Type.Object({}, { additionalProperties: Type.Unknown() })),
});

/** What every call of a runner about itself carries. */
export const runnerParams = {
  token: Type.String({ description: "The runner's token" }),
  system_id: Type.Optional(
    Type.String({ maxLength: 64, description: 'The machine, as `s_` or `r_` and 12 letters' }),
  ),
  info: Type.Optional(Info),
};

const LENGTH = 255;
const FEATURES = 200;
const LABELS = 100;
const TEXTS = ['version', 'revision', 'platform', 'architecture', 'executor'] as const;

/** The details of the machine as they are kept. */
export function managerDetails(info: Static<typeof Info> | undefined, ip: string): ManagerDetails {
  const details: ManagerDetails = {
    ip_address: ip.replace(/^::ffff:/, ''),
    features: info?.features ? featuresOf(info.features) : null,
  };
  for (const name of TEXTS) {
    const text = info?.[name];
    if (text !== undefined) details[name] = text.slice(0, LENGTH);
  }
  if (info?.config?.gpus !== undefined) details.config = { gpus: info.config.gpus.slice(0, LENGTH) };
  if (info?.labels) details.labels = labelsOf(info.labels);
  return details;
}

/** Those it has, in one order, so that equal sets are equal texts. */
function featuresOf(given: object): Record<string, boolean> {
  const names = Object.entries(given).flatMap(([name, has]) =>
    has === true && name.length <= LENGTH ? [name] : [],
  );
  return Object.fromEntries(
    names
      .toSorted()
      .slice(0, FEATURES)
      .map((name) => [name, true]),
  );
}

function labelsOf(given: object): Record<string, string> {
  const texts = Object.entries(given).flatMap(([name, text]) =>
    typeof text === 'string' ? [[name.slice(0, LENGTH), text.slice(0, LENGTH)] as const] : [],
  );
  return Object.fromEntries(texts.toSorted().slice(0, LABELS));
}

/** The job token of a call: the JOB-TOKEN header, or the parameter where the runner sends one. */
export function jobTokenOf(headers: IncomingHttpHeaders, given: string | undefined): string {
  const header = headers['job-token'];
  return given ?? (typeof header === 'string' ? header : '');
}
