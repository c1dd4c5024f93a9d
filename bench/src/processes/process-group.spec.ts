import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createProcessGroup, type ProcessGroup } from './process-group.ts';

/** Works for as much CPU time as its argument says, in milliseconds. */
const WORK = 'while (process.cpuUsage().user < 1000 * Number(process.argv[1])) ;';
const WORK_MS = 100;

/** Groups can be made by root, on Linux. */
const canMakeGroups = process.platform === 'linux' && process.getuid?.() === 0;
const describeGroups = canMakeGroups ? describe : describe.skip;

describeGroups('a group of processes', () => {
  let group: ProcessGroup;

  beforeEach(() => {
    group = createProcessGroup(`larder-spec-${process.pid}`);
  });
  afterEach(() => group.remove());

  it('counts the time of a process and of what that leaves behind in the background', async () => {
    const starter = `
      const { spawn } = require('node:child_process');
      const options = { detached: true, stdio: 'ignore' };
      spawn(process.execPath, ['-e', ${JSON.stringify(WORK)}, '${WORK_MS}'], options).unref();`;
    const child = group.startIn(() => spawn(process.execPath, ['-e', starter]));
    await once(child, 'exit');
    expect(group.pids()).toHaveLength(1);
    await untilEmpty();
    expect(group.cpuMs()).toBeGreaterThan(WORK_MS);
  });

  it('counts nothing of this process, nor of what it starts afterwards', async () => {
    group.startIn(() => undefined);
    const child = spawn(process.execPath, ['-e', WORK, String(WORK_MS)]);
    await once(child, 'exit');
    expect(group.cpuMs()).toBeLessThan(WORK_MS / 2);
  });

  it('counts what the groups inside of it take', async () => {
    const inner = group.createGroup('inner');
    const child = inner.startIn(() => spawn(process.execPath, ['-e', WORK, String(WORK_MS)]));
    await once(child, 'exit');
    expect(inner.cpuMs()).toBeGreaterThan(WORK_MS);
    expect(group.cpuMs()).toBeGreaterThanOrEqual(inner.cpuMs());
    await inner.remove();
  });

  async function untilEmpty(): Promise<void> {
    while (group.pids().length > 0) await new Promise(setImmediate);
  }
});
