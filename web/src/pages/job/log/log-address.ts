/** Addresses of a job's log in the API. */
export interface LogAddress {
  jobId: number;
  trace: string;
  index: (firstBlock: number) => string;
  lines: (from: number, to: number) => string;
}

export function logAddress(fullPath: string, jobId: number): LogAddress {
  const trace = `/api/v4/projects/${encodeURIComponent(fullPath)}/jobs/${jobId}/trace`;
  return {
    jobId,
    trace,
    index: (firstBlock) => `${trace}/index?first_block=${firstBlock}`,
    lines: (from, to) => `${trace}/lines?from=${from}&to=${to}`,
  };
}
