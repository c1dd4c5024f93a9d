import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createTestBed, until } from '../testing/test-bed.fixture.ts';
import { isProcessAlive } from './is-process-alive.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

/** A process whose child, which ends at once, it never asks how it ended; resolves to both. */
async function startNegligentParent(): Promise<{ parent: number; child: number }> {
  const shell = spawn('/bin/sh', ['-c', 'true & echo $!; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  bed.onCleanUp(async () => {
    const ended = once(shell, 'exit');
    if (shell.kill('SIGKILL')) await ended;
  });
  const [output] = (await once(shell.stdout, 'data')) as [Buffer];
  return { parent: shell.pid!, child: Number(output) };
}

describe('a process', () => {
  it('is alive while it runs', async () => {
    const { parent } = await startNegligentParent();
    expect(isProcessAlive(process.pid)).toBe(true);
    expect(isProcessAlive(parent)).toBe(true);
  });

  it('is not alive when it has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(isProcessAlive(child.pid!)).toBe(false);
  });

  it('is not alive when it has ended and nobody has taken notice', async () => {
    // Systems other than Linux do not tell.
    if (process.platform !== 'linux') return;
    const { child } = await startNegligentParent();
    await until('it has ended', () => !isProcessAlive(child));
  });
});
