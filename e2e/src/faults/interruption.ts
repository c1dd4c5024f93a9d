import { waitUntil } from '../processes/wait-until.ts';
import { type Workspace } from '../workspace/create-workspace.ts';
import { readExecutions } from '../workspace/run-build.ts';
import { type Fault } from './fault.ts';
import { holdRequests } from './held-requests.ts';
import { expectStored, readSpool } from './stored-artifacts.ts';

/** Starts when "core" is done: by then there is something to lose. */
const SECOND_WAVE = 'api';

/** Does to a build what Ctrl-C does, in the middle of its tasks. */
export async function interruptBuild(workspace: Workspace, processGroup: number): Promise<void> {
  await waitUntil(`the task of "${SECOND_WAVE}" runs`, async () =>
    (await readExecutions(workspace)).includes(SECOND_WAVE),
  );
  process.kill(-processGroup, 'SIGINT');
}

/** The uploads are on their way at the time, and everything ends with the command. */
export const interruption: Fault = {
  name: 'the build is interrupted with Ctrl-C',
  cache: 'empty',
  executed: 'any',
  warning: null,
  isInterrupted: true,
  options: { uploadDeadlineMs: 1_000 },
  arrange(stage) {
    const held = holdRequests('upload');
    stage.line.behave(held.behaviour);
    return Promise.resolve({
      async afterwards() {
        const waiting = await readSpool(stage);
        if (waiting.length === 0) throw new Error('The spool does not keep what was not sent.');
        // As when a machine is switched off: what it had under way cannot have been sent.
        await stage.agent.kill(await stage.agent.front());
        held.cut();
        const { exitCode } = await stage.buildAgain();
        if (exitCode !== 0) throw new Error(`A later build ended with ${String(exitCode)}.`);
        await expectStored(stage, waiting);
      },
    });
  },
};
