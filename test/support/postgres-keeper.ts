/**
 * A program of its own between the tests and PostgreSQL: it starts a cluster, prints `{"url": …}` or
 * `{"error": …}` as one line, and ends the cluster when its standard input closes. That happens also when
 * the process that started it is killed, so that no run leaves a server behind.
 */
import { startCluster, type PostgresCluster } from './postgres-cluster.ts';

let stopping: Promise<void> | undefined;
const starting = startCluster({ durable: process.argv.includes('--durable') });

function stop(): void {
  stopping ??= starting.then((cluster: PostgresCluster) => cluster.stop()).then(() => process.exit(0));
}

process.stdin.resume().once('close', stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

try {
  const { url } = await starting;
  console.log(JSON.stringify({ url }));
} catch (error) {
  console.log(JSON.stringify({ error: String(error) }));
  process.exit(1);
}
