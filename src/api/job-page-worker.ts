import { enableCompileCache } from 'node:module';
import { answerQuestions } from '../threads/answer-questions.ts';
import type { JobPageQuestion } from './job-page.ts';
import type { JobPageAnswer } from './job-pages.ts';

enableCompileCache();
const { openSqliteReader } = await import('../db/sqlite.ts');
const { readJobPage } = await import('./job-page.ts');

answerQuestions<JobPageQuestion, JobPageAnswer>((folder) => {
  const reader = openSqliteReader(folder as string);
  return async (question, place) => {
    try {
      const { text, ...page } = await readJobPage(reader.read, question);
      // In UTF-8 a character takes three bytes at most.
      const fits = text.length * 3 <= place.length || Buffer.byteLength(text) <= place.length;
      return fits ? { ...page, length: place.write(text) } : { ...page, text };
    } finally {
      // Who asks next may have been told of a change meanwhile, and must find it.
      reader.release();
    }
  };
});
