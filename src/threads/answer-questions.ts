import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';

/** A question to a thread of a pool. */
export interface Question<Asked> {
  /** Of its place in the memory that is shared with the thread. */
  place: number;
  asked: Asked;
}
/** Its answer; or why there is none. */
export type Answer<Told> = { place: number; told: Told } | { place: number; failed: string };

/** What a thread is started with. */
export interface Start {
  /** PLACE bytes for each question that may wait. */
  shared: SharedArrayBuffer;
  data: unknown;
}
/** Bytes for an answer. */
export const PLACE = 256 * 1024;
/** Answers that are told together while more questions wait: to wake the server costs it a tenth of a page. */
const TOGETHER = 2;
/** What a thread says first: it can be asked now. */
export const READY = 'ready';

/**
 * A pool's thread: answers one question after another. What is large it writes into the `place` of the question, which
 * whoever asked can read without a copy.
 */
export function answerQuestions<Asked, Told>(
  start: (data: unknown) => (asked: Asked, place: Buffer) => Promise<Told>,
): void {
  const port = parentPort;
  if (!port) throw new Error('this program runs in a worker thread');
  const { shared, data } = workerData as Start;
  const answer = start(data);
  const tell = (message: Answer<Told>[] | typeof READY) => port.postMessage(message);
  const answered = async ({ place, asked }: Question<Asked>): Promise<Answer<Told>> => {
    try {
      return { place, told: await answer(asked, Buffer.from(shared, place * PLACE, PLACE)) };
    } catch (error) {
      return { place, failed: error instanceof Error ? (error.stack ?? '') : String(error) };
    }
  };
  let turn = Promise.resolve();
  const all = async (first: Question<Asked>) => {
    let answers: Answer<Told>[] = [];
    for (let question: Question<Asked> | undefined = first; question;) {
      answers.push(await answered(question));
      question = (receiveMessageOnPort(port) as { message: Question<Asked> } | undefined)?.message;
      if (question && answers.length < TOGETHER) continue;
      tell(answers);
      answers = [];
    }
  };
  port.on('message', (question: Question<Asked>) => (turn = turn.then(() => all(question))));
  tell(READY);
}
