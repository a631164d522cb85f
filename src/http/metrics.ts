import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The figures that the server keeps. */
export interface Metrics {
  registry: Registry;
  /** Notes a request that was answered after so many seconds. */
  observeRequest(method: string, route: string, status: number, seconds: number): void;
  /** Has a figure of this name told as it is whenever somebody asks. */
  watch(name: string, help: string, read: () => number): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'jobyard_http_request_duration_seconds',
    help: 'Time from a request to the end of its reply',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  // To find them by their labels costs more than to count.
  const known = new Map<string, ReturnType<typeof requests.labels>>();
  return {
    registry,
    observeRequest(method, route, status, seconds) {
      const name = `${method} ${route} ${status}`;
      let request = known.get(name);
      if (!request) known.set(name, (request = requests.labels({ method, route, status })));
      request.observe(seconds);
    },
    watch(name, help, read) {
      registry.registerMetric(
        new Gauge({
          name,
          help,
          registers: [],
          collect() {
            this.set(read());
          },
        }),
      );
    },
  };
}
