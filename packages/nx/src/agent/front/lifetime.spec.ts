import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { runConfiguration } from '../../testing/agent-bed.fixture.ts';
import { createLifetime, type Lifetime } from './lifetime.ts';
import { createOpenRuns, type OpenRuns, type Run } from './open-runs.ts';

const server = { url: 'https://cache.example.com' };

let runs: OpenRuns;
let lifetime: Lifetime;
let idleCount: number;
let ownerless: string[];

beforeEach(() => {
  jest.useFakeTimers();
  runs = createOpenRuns();
  idleCount = 0;
  ownerless = [];
  lifetime = createLifetime({
    runs,
    onIdle: () => {
      idleCount += 1;
    },
    onOwnerGone: (runId) => {
      ownerless.push(runId);
    },
  });
});

afterEach(() => {
  lifetime.stop();
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

interface OpenOptions {
  readonly idleMs?: number;
  readonly isCi?: boolean;
  readonly ownerPid?: number;
}

function open({ ownerPid = process.pid, ...overrides }: OpenOptions = {}): Run {
  const configuration = runConfiguration(server, { isCi: false, idleMs: 5000, ...overrides });
  const run = runs.open({ ownerPid, contextId: null, configuration });
  lifetime.runStarted();
  return run;
}

function end(run: Run): void {
  runs.forget(run);
  lifetime.runEnded(run.configuration);
}

describe('an agent', () => {
  it('that nobody uses ends after half a minute', () => {
    jest.advanceTimersByTime(29_999);
    expect(idleCount).toBe(0);
    jest.advanceTimersByTime(1);
    expect(idleCount).toBe(1);
  });

  it('ends as long after its last run as the run asked for', () => {
    end(open());
    jest.advanceTimersByTime(4_999);
    expect(idleCount).toBe(0);
    jest.advanceTimersByTime(1);
    expect(idleCount).toBe(1);
  });

  it('ends at once after a run that asked for that, as is the default in CI', () => {
    end(open({ isCi: true, idleMs: 0 }));
    jest.advanceTimersByTime(0);
    expect(idleCount).toBe(1);
  });

  it('stays after a run in CI that asked for that', () => {
    end(open({ isCi: true, idleMs: 5000 }));
    jest.advanceTimersByTime(4_999);
    expect(idleCount).toBe(0);
  });

  it('stays as long as there is a run', () => {
    const [first, second] = [open(), open()];
    end(first);
    jest.advanceTimersByTime(3_600_000);
    expect(idleCount).toBe(0);
    end(second);
    jest.advanceTimersByTime(5_000);
    expect(idleCount).toBe(1);
  });

  it('waits anew after each run', () => {
    end(open());
    jest.advanceTimersByTime(4_000);
    const run = open();
    jest.advanceTimersByTime(60_000);
    end(run);
    jest.advanceTimersByTime(4_999);
    expect(idleCount).toBe(0);
    jest.advanceTimersByTime(1);
    expect(idleCount).toBe(1);
  });

  it('stays as long as there is something to send', () => {
    lifetime.setBusy(true);
    end(open());
    jest.advanceTimersByTime(3_600_000);
    expect(idleCount).toBe(0);
    lifetime.setBusy(false);
    jest.advanceTimersByTime(5_000);
    expect(idleCount).toBe(1);
  });

  it('stays as long as its worker looks for what earlier runs left, but not for ever', () => {
    const run = open({ idleMs: 0 });
    lifetime.adoptionBegan();
    end(run);
    jest.advanceTimersByTime(1_000);
    expect(idleCount).toBe(0);
    lifetime.adoptionEnded();
    jest.advanceTimersByTime(0);
    expect(idleCount).toBe(1);

    lifetime.adoptionBegan();
    jest.advanceTimersByTime(9_999);
    expect(idleCount).toBe(1);
    jest.advanceTimersByTime(2);
    expect(idleCount).toBe(2);
  });

  it('in a hurry ends as soon as there is nothing to do', () => {
    const run = open();
    lifetime.hurry();
    jest.advanceTimersByTime(3_600_000);
    expect(idleCount).toBe(0);
    end(run);
    jest.advanceTimersByTime(0);
    expect(idleCount).toBe(1);
  });

  it('does not end once more when it is stopped, whatever happens then', () => {
    end(open());
    lifetime.stop();
    lifetime.setBusy(true);
    lifetime.setBusy(false);
    lifetime.runEnded(runConfiguration(server));
    lifetime.hurry();
    jest.advanceTimersByTime(3_600_000);
    expect(idleCount).toBe(0);
  });
});

describe('a run', () => {
  it('whose process lives is left alone', () => {
    open();
    jest.advanceTimersByTime(60_000);
    expect(ownerless).toEqual([]);
  });

  it('whose process has ended is reported within seconds, unless it is closed', async () => {
    const owner = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(owner, 'exit');
    const [first, second] = [open({ ownerPid: owner.pid! }), open({ ownerPid: owner.pid! })];
    open();
    second.isOpen = false;
    jest.advanceTimersByTime(2_000);
    expect(ownerless).toEqual([first.id]);
  });
});
