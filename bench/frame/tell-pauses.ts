/** Loaded into a measured process before its program: tells the benchmark of its pauses when asked. */
import { pausesHere } from './pauses.ts';

const pauses = pausesHere();

process.on('message', async (question: 'reset' | 'longest') => {
  process.send?.((await pauses[question]()) ?? null);
});
// The program ends when it wants to.
process.channel?.unref();
