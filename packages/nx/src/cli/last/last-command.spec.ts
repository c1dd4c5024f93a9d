import { recordOf, reportOf, taskOf } from '../../history/run-record.fixture.ts';
import { createCliBed } from '../cli-bed.fixture.ts';

const bed = createCliBed();
beforeEach(() => {
  bed.enter();
});
afterEach(() => bed.cleanUp());

it('tells what became of each task', async () => {
  await bed.record(
    recordOf([
      taskOf('app:build'),
      taskOf('lib:build', {
        taskHash: '2',
        status: 'remote-cache',
        source: 'remote',
        lookup: 'hit',
        store: null,
        notStored: { reason: 'found', code: null },
      }),
      taskOf('own:build', {
        taskHash: '3',
        status: 'local-cache',
        source: 'local',
        lookup: null,
        store: null,
        notStored: { reason: 'found', code: null },
        sizeBytes: null,
        durationMs: null,
      }),
      taskOf('ui:test', {
        taskHash: '4',
        status: 'failure',
        store: null,
        notStored: { reason: 'failed', code: null },
        sizeBytes: null,
      }),
      taskOf('db:build', {
        taskHash: '5',
        missCode: 'LARDER_CONNECT_FAILED',
        store: 'pending',
        notStored: { reason: 'parked', code: 'LARDER_CONNECT_FAILED' },
      }),
    ]),
  );
  const { output } = await bed.larder('last');
  const rows = output
    .split('\n')
    .filter((line) => /^\w+:\w+/.test(line))
    .map((line) => line.split(/ {2,}/));
  expect(rows).toEqual([
    ['app:build', 'ran', 'miss', '1.0 kB', '2.0 s', 'yes'],
    ['lib:build', 'remote cache', 'hit', '1.0 kB', '2.0 s', '–'],
    ['own:build', 'local cache', 'not asked', '–', '–', '–'],
    ['ui:test', 'failed', 'miss', '–', '2.0 s', 'no: the task failed'],
    [
      'db:build',
      'ran',
      'miss (LARDER_CONNECT_FAILED)',
      '1.0 kB',
      '2.0 s',
      'no: the server could not be reached; it is sent later (LARDER_CONNECT_FAILED)',
    ],
  ]);
  expect(output).toMatch(
    /^Command 1 of 1 · .* · 1 min 0 s · Nx 24\.0 by the hooks · mode read-write/,
  );
});

it('tells of the commands before it', async () => {
  const at = (closedAt: number, taskId: string) =>
    recordOf([taskOf(taskId)], { closedAt, report: reportOf([taskOf(taskId)], { runId: taskId }) });
  await bed.record(at(1, 'first:build'), at(2, 'second:build'));
  interface Told {
    readonly run: number;
    readonly report: { readonly tasks: readonly { readonly taskId: string }[] };
  }
  const task = async (...args: string[]) =>
    (await bed.larderJson<Told>('last', ...args)).report.tasks[0]?.taskId;
  expect(await task()).toBe('second:build');
  expect(await task('--run', '2')).toBe('first:build');
  const { exitCode, errors } = await bed.larder('last', '--run', '3');
  expect(exitCode).toBe(1);
  expect(errors).toMatch(/2 commands.*LARDER_CLI_NO_RUN.*\n.*1 to 2/);
});

it('says when no command is recorded', async () => {
  expect(await bed.larder('last')).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining('LARDER_CLI_NO_RUN') as string,
  });
});

it('tells of a command that was killed', async () => {
  const killed = taskOf('app:build', { taskId: null, status: null, store: null });
  await bed.record(recordOf([killed], { command: null }));
  const { output } = await bed.larder('last');
  expect(output).toContain('ended without a word');
  expect(output).toContain('(hash 1)');
});
