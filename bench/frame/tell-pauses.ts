/** Loaded into a measured process before its program: tells the benchmark of its pauses and its memory when asked. */
import { type Pauses, pausesHere } from './pauses.ts';

const pauses = pausesHere();

process.on('message', async (question: keyof Pauses) => {
  process.send?.((await pauses[question]()) ?? null);
});
// The program ends when it wants to.
process.channel?.unref();
