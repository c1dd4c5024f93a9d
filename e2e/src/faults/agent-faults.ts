import { setTimeout as delay } from 'node:timers/promises';

import { type Fault, type Stage } from './fault.ts';
import { holdRequests } from './held-requests.ts';
import { expectAllStored } from './stored-artifacts.ts';

const STOP_MS = 3_000;

/** Long enough for an agent to be there when the next command starts, also in CI. */
const staysIdle = { idleMs: 60_000 };

/** What happens to the agent's processes. */
export const agentFaults: readonly Fault[] = [
  {
    name: 'the worker was killed before a lookup',
    cache: 'filled',
    options: staysIdle,
    executed: 'none',
    warning: null,
    async arrange({ agent, buildAgain }) {
      await buildAgain();
      await agent.kill(await agent.worker());
      return {};
    },
  },
  {
    name: 'the worker is killed during a lookup',
    cache: 'filled',
    // What was under way is a miss.
    executed: 'any',
    warning: null,
    arrange: (stage) => killWorkerDuring(stage, 'lookup'),
  },
  {
    name: 'the worker is killed during a store',
    cache: 'empty',
    executed: 'all',
    warning: null,
    arrange: (stage) => killWorkerDuring(stage, 'upload'),
  },
  {
    name: 'the front was killed between two commands',
    cache: 'filled',
    options: staysIdle,
    executed: 'none',
    warning: null,
    async arrange({ agent, buildAgain }) {
      await buildAgain();
      await agent.worker();
      await agent.kill(await agent.front());
      return {};
    },
  },
  {
    name: 'front and worker are stopped for 3 s',
    cache: 'filled',
    executed: 'none',
    warning: null,
    lastsMs: STOP_MS,
    arrange({ line, agent }) {
      const held = holdRequests('lookup');
      line.behave(held.behaviour);
      return Promise.resolve({
        async during() {
          await held.firstArrived;
          const pids = [await agent.front(), await agent.worker()];
          for (const pid of pids) process.kill(pid, 'SIGSTOP');
          try {
            held.release();
            await delay(STOP_MS);
          } finally {
            for (const pid of pids) process.kill(pid, 'SIGCONT');
          }
        },
      });
    },
  },
];

function killWorkerDuring(stage: Stage, kind: 'lookup' | 'upload') {
  const held = holdRequests(kind);
  stage.line.behave(held.behaviour);
  return Promise.resolve({
    async during() {
      await held.firstArrived;
      const worker = await stage.agent.worker();
      await stage.agent.kill(worker);
      held.cut();
      await stage.agent.worker(worker);
    },
    afterwards: () => expectAllStored(stage),
  });
}
