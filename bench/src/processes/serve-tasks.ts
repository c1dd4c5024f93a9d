import { ownPeakMb } from './peak-memory.ts';
import { type SubjectAnswer, type SubjectTask } from './subject-messages.ts';

/**
 * For the entry of a process that is measured: does what `startSubject`'s caller asks for, one thing
 * at a time. The type of the task is the caller's word.
 */
export function serveTasks(perform: (task: never) => Promise<unknown>): void {
  process.on('message', ({ task }: SubjectTask<never>) => {
    void answer(perform, task).then((message) => process.send?.(message));
  });
}

async function answer(
  perform: (task: never) => Promise<unknown>,
  task: never,
): Promise<SubjectAnswer<unknown>> {
  try {
    const result = await perform(task);
    return { kind: 'done', result, peakRssMb: ownPeakMb() };
  } catch (error) {
    const message = error instanceof Error ? String(error.stack) : String(error);
    return { kind: 'failed', message };
  }
}
