import { taskRecord, type SeenTask, type TaskRecordOptions } from './task-record.ts';

const nothingSeen: SeenTask = {
  lookup: null,
  missCode: null,
  store: null,
  cause: null,
  sizeBytes: null,
  durationMs: null,
};

interface Case {
  readonly seen?: Partial<SeenTask>;
  /** Null: the door has not told. */
  readonly status?: string | null;
  readonly isCacheable?: boolean;
  readonly mode?: TaskRecordOptions['mode'];
}

function record({ seen, status, isCacheable = true, mode = 'read-write' }: Case) {
  return taskRecord({
    taskHash: '1',
    artifactHash: 'wire-1',
    mode,
    seen: seen ? { ...nothingSeen, ...seen } : null,
    finished: status === undefined ? null : { id: 'app:build', hash: '1', status, isCacheable },
    exactDurationMs: 1000,
  });
}

it.each<[string, Case, string | null]>([
  ['Nx had it', { status: 'local-cache' }, 'local'],
  ['Nx left it as it was', { status: 'local-cache-kept-existing' }, 'local'],
  ['it was found', { status: 'remote-cache', seen: { lookup: 'hit' } }, 'remote'],
  ['it was found, and Nx said nothing', { seen: { lookup: 'hit' } }, 'remote'],
  ['it ran', { status: 'success', seen: { lookup: 'miss' } }, 'none'],
  ['it failed', { status: 'failure' }, 'none'],
  ['a failure was found and not used', { status: 'failure', seen: { lookup: 'hit' } }, 'none'],
  ['it was not found, and Nx said nothing', { seen: { lookup: 'miss' } }, 'none'],
  ['it was stored, and Nx said nothing', { seen: { store: 'pending' } }, 'none'],
  ['it never began', { status: 'skipped' }, null],
  ['it was stopped', { status: 'stopped', seen: { lookup: 'miss' } }, null],
  ['nobody knows', {}, null],
])('the source of a result when %s', (_what, given, source) => {
  expect(record(given).source).toBe(source);
});

it.each<[string, Case, string | null]>([
  ['it was', { status: 'success', seen: { store: 'uploaded' } }, null],
  ['it is on its way', { seen: { store: 'pending' } }, 'in-progress'],
  ['it came from Nx', { status: 'local-cache' }, 'found'],
  ['it came from the server', { seen: { lookup: 'hit' } }, 'found'],
  ['Nx does not cache it', { status: 'success', isCacheable: false }, 'not-cacheable'],
  ['it failed', { status: 'failure' }, 'failed'],
  ['the mode does not write', { status: 'success', mode: 'read' }, 'mode'],
  ['Nx did not hand it over', { status: 'success' }, 'not-offered'],
  ['it never began', { status: 'skipped' }, null],
  ['nobody knows', {}, null],
])('the reason why a result is not stored when %s', (_what, given, reason) => {
  expect(record(given).notStored?.reason ?? null).toBe(reason);
});

it('hands on why an upload did not succeed', () => {
  const cause = { reason: 'parked', code: 'LARDER_CONNECT_FAILED' } as const;
  expect(record({ seen: { store: 'pending', cause } }).notStored).toEqual(cause);
  expect(record({ seen: { store: 'dropped', cause } }).notStored).toEqual(cause);
  expect(record({ seen: { store: 'dropped' } }).notStored).toBeNull();
});

it('takes the time that Nx was busy with a task for its duration only when the task ran', () => {
  expect(record({ status: 'success', seen: { durationMs: 990 } }).durationMs).toBe(1000);
  expect(record({ status: 'remote-cache', seen: { durationMs: 990 } }).durationMs).toBe(990);
  expect(record({ status: 'local-cache' }).durationMs).toBeNull();
});
