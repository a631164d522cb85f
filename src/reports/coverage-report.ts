import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { PipelineReport } from './report-store.ts';
import type { CoverageSummary } from './report-summary.ts';

/** Reports that are merged; each is a file held open. */
const MOST_REPORTS = 100;
const LINE = /^\[("(?:[^"\\]|\\.)*"),(\{.*\})\],?$/s;

/** A file with coverage, as it stands in a blob: still text, as most are only handed on. */
interface CoveredFile {
  path: string;
  /** `{"1":0,"2":3}` */
  lines: string;
}

/** What each report of a pipeline comes to. */
const coverageSummaries = (reports: readonly PipelineReport[]) =>
  reports.flatMap(({ job_id, name, report }) =>
    report === null ? [] : { job_id, name, ...(JSON.parse(report) as CoverageSummary) },
  );

/**
 * The coverage of a pipeline as JSON, in pieces: what each report comes to, and the files of all with their
 * hits added up; with `path` only that file. The blobs are in the order of their paths, so they are merged
 * as they are read.
 */
export async function* coverageReportText(
  reports: readonly PipelineReport[],
  blobs: BlobStore,
  path: string | undefined,
): AsyncIterable<string> {
  yield `{"reports":${JSON.stringify(coverageSummaries(reports))},"files":{`;
  const sources: Readable[] = [];
  try {
    for (const { report_key } of reports.slice(0, MOST_REPORTS)) {
      const source = report_key === null ? null : await blobs.get(report_key);
      if (source) sources.push(source);
    }
    let isFirst = true;
    for await (const file of merge(sources.map(filesOf))) {
      if (path !== undefined && file.path !== path) continue;
      yield `${isFirst ? '' : ','}${JSON.stringify(file.path)}:${file.lines}`;
      isFirst = false;
    }
  } finally {
    for (const source of sources) source.destroy();
  }
  yield '}}';
}

async function* filesOf(source: Readable): AsyncGenerator<CoveredFile> {
  for await (const line of createInterface({ input: source, crlfDelay: Infinity })) {
    const [, path, lines] = LINE.exec(line) ?? [];
    if (path !== undefined && lines !== undefined) yield { path: JSON.parse(path) as string, lines };
  }
}

async function* merge(sources: AsyncGenerator<CoveredFile>[]): AsyncIterable<CoveredFile> {
  const heads = await Promise.all(sources.map(next));
  for (;;) {
    const present = heads.filter((head) => head !== null);
    const least = present.toSorted((a, b) => compare(a.path, b.path))[0];
    if (!least) return;
    const same: string[] = [];
    for (const [index, head] of heads.entries()) {
      const source = sources[index];
      if (head?.path !== least.path || !source) continue;
      same.push(head.lines);
      heads[index] = await next(source);
    }
    yield { path: least.path, lines: same.length === 1 ? least.lines : added(same) };
  }
}

const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function next(source: AsyncGenerator<CoveredFile>): Promise<CoveredFile | null> {
  const { value, done } = await source.next();
  return done ? null : value;
}

function added(texts: readonly string[]): string {
  const sum: Record<string, number> = {};
  for (const text of texts)
    for (const [line, hits] of Object.entries(JSON.parse(text) as Record<string, number>))
      sum[line] = (sum[line] ?? 0) + hits;
  return JSON.stringify(sum);
}
