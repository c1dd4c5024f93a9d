import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createSubjectGroup } from './bench-group.ts';
import { type Cost } from './cost.ts';
import { type SubjectAnswer, type SubjectTask } from './subject-messages.ts';

/** A process that is measured while it does what it is told, in a group of its own. */
export interface Subject<T, R> {
  /** What doing it took, from the request to the answer, and what came of it. */
  perform(task: T): Promise<{ readonly cost: Cost; readonly result: R }>;
  end(): Promise<void>;
}

export interface SubjectOptions {
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  /** The complete environment; that of this process by default. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Starts a compiled file that calls `serveTasks`. Its start does not count, unless somebody measures
 * from before this call.
 */
export function startSubject<T, R = undefined>(
  file: string,
  { args = [], execArgv = [], env = process.env }: SubjectOptions = {},
): Subject<T, R> {
  const group = createSubjectGroup();
  const child = group.startIn(() => fork(file, [...args], { execArgv: [...execArgv], env }));
  const ended = once(child, 'exit');
  return {
    async perform(task) {
      const cpuBeforeMs = group.cpuMs();
      const startedAt = performance.now();
      child.send({ task } satisfies SubjectTask<T>);
      const answer = await answerOf<R>(child, ended);
      const wallMs = performance.now() - startedAt;
      if (answer.kind === 'failed') throw new Error(`${file} failed: ${answer.message}`);
      const { result, peakRssMb } = answer;
      return { result, cost: { cpuMs: group.cpuMs() - cpuBeforeMs, wallMs, peakRssMb } };
    },
    async end() {
      child.kill();
      await ended;
      await group.remove();
    },
  };
}

async function answerOf<R>(
  child: ChildProcess,
  ended: Promise<unknown[]>,
): Promise<SubjectAnswer<R>> {
  const [answer] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => {
      throw new Error(`The process ended with code ${String(code)} in the middle of its task.`);
    }),
  ])) as [SubjectAnswer<R>];
  return answer;
}
