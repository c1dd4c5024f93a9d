import type { UploadOutcome } from '../protocol/worker-messages.ts';
import { createRunLedger, type RunLedger, type RunLedgerOptions } from './run-ledger.ts';

const trouble = { code: 'LARDER_X_Y', summary: 's', detail: 'd', hint: 'h' };

function createLedger(overrides: Partial<RunLedgerOptions> = {}): RunLedger {
  return createRunLedger({
    runId: 'run',
    url: 'https://cache.example.com',
    mode: 'read-write',
    startEstimate: { kind: 'start-is-miss' },
    artifactHashOf: (taskHash) => `wire-${taskHash}`,
    ...overrides,
  });
}

function uploadOf(taskHash: string, overrides: Partial<UploadOutcome> = {}): UploadOutcome {
  return {
    runId: 'run',
    taskHash,
    result: 'uploaded',
    cause: null,
    sizeBytes: 10,
    durationMs: 5,
    ...overrides,
  };
}

/** Several runs of lookups and stores, one letter a task: `a` is a miss, `A` its store. */
function play(ledger: RunLedger, script: string): void {
  let at = 0;
  for (const letter of script) {
    const task = letter.toLowerCase();
    at += 100;
    if (letter === task) ledger.recordMiss(task, at);
    else ledger.recordStore(task, { sizeBytes: 10, durationMs: 5 });
  }
}

describe('the start of a task', () => {
  it('is unknown without a lookup', () => {
    const ledger = createLedger();
    expect(ledger.startOf('a')).toEqual({ at: null, isExact: false });
    ledger.recordStore('a', { sizeBytes: 1, durationMs: 0 });
    expect(ledger.startOf('a')).toEqual({ at: null, isExact: false });
    ledger.recordHit('b', { sizeBytes: 1, durationMs: 1 });
    expect(ledger.startOf('b')).toEqual({ at: null, isExact: false });
  });

  it('is the last miss where Nx asks again and again', () => {
    const ledger = createLedger();
    play(ledger, 'abab');
    expect(ledger.startOf('a')).toEqual({ at: 300, isExact: true });
    expect(ledger.startOf('b')).toEqual({ at: 400, isExact: true });
  });

  it.each(['start-is-lookup', 'start-is-miss'] as const)(
    'is exact for any number of tasks where %s',
    (kind) => {
      const ledger = createLedger({ startEstimate: { kind } });
      play(ledger, 'abcdefghijklmnop');
      for (const task of 'abcdefghijklmnop') expect(ledger.startOf(task).isExact).toBe(true);
    },
  );

  // Nx runs at most `parallel` tasks at once: those that were ready beyond that had to wait, and
  // nobody can tell which.
  it.each<[parallel: number, script: string, exact: string]>([
    [1, 'a', 'a'],
    [1, 'ab', ''],
    [1, 'abc', ''],
    [1, 'aAbBcC', 'abc'],
    [1, 'abABc', 'c'],
    [1, 'abAc', ''],
    [2, 'ab', 'ab'],
    [2, 'abc', ''],
    [2, 'abcd', ''],
    [2, 'abAcBd', 'abcd'],
    [2, 'abAcd', 'a'],
    [2, 'abcABCde', 'de'],
    [2, 'abcAd', ''],
    [2, 'aaaabbbb', 'ab'],
    [3, 'abcABCdef', 'abcdef'],
    [3, 'abcdABCD', ''],
    [3, 'abcdABCDefg', 'efg'],
  ])('with %d slots and %s is exact for "%s" only', (parallel, script, exact) => {
    const ledger = createLedger({ startEstimate: { kind: 'start-follows-miss', parallel } });
    play(ledger, script);
    const tasks = [...new Set(script.toLowerCase())].sort();
    expect(tasks.filter((task) => ledger.startOf(task).isExact).join('')).toBe(exact);
  });

  it('of a task that had to wait is not before a slot was free', () => {
    const ledger = createLedger({ startEstimate: { kind: 'start-follows-miss', parallel: 2 } });
    const end = (task: string, at: number) => {
      const start = ledger.startOf(task).at ?? NaN;
      ledger.recordStore(task, { sizeBytes: 1, durationMs: at - start });
      return start;
    };
    for (const task of 'abcde') ledger.recordMiss(task, 1000);
    expect(end('a', 1500)).toBe(1000);
    expect(end('b', 1600)).toBe(1000);
    expect(end('c', 2100)).toBe(1500);
    expect(end('d', 2200)).toBe(1600);
    ledger.recordMiss('e', 3000);
    expect(ledger.startOf('e')).toEqual({ at: 3000, isExact: false });
  });

  it('does not depend on hits, which take no slot', () => {
    const ledger = createLedger({ startEstimate: { kind: 'start-follows-miss', parallel: 1 } });
    ledger.recordHit('x', { sizeBytes: 1, durationMs: 1 });
    ledger.recordMiss('a', 100);
    ledger.recordHit('y', { sizeBytes: 1, durationMs: 1 });
    expect(ledger.startOf('a').isExact).toBe(true);
  });

  it('frees its slot also when the artifact is dropped or turns out to be there', () => {
    const ledger = createLedger({ startEstimate: { kind: 'start-follows-miss', parallel: 1 } });
    ledger.recordMiss('a', 100);
    ledger.recordDrop('a', null);
    ledger.recordMiss('b', 200);
    ledger.recordHit('b', { sizeBytes: 1, durationMs: 1 });
    ledger.recordMiss('c', 300);
    expect(ledger.startOf('c')).toEqual({ at: 300, isExact: true });
  });
});

describe('what is known', () => {
  it('are misses, until the task turns out to be there', () => {
    const ledger = createLedger();
    expect(ledger.isKnownMiss('a')).toBe(false);
    ledger.recordMiss('a', 1);
    expect(ledger.isKnownMiss('a')).toBe(true);
    ledger.recordHit('a', { sizeBytes: 1, durationMs: 1 });
    expect(ledger.isKnownMiss('a')).toBe(false);
  });

  it('are all tasks that were looked up or stored', () => {
    const ledger = createLedger();
    ledger.recordMiss('a', 1);
    ledger.recordHit('b', { sizeBytes: 1, durationMs: 1 });
    ledger.recordStore('c', { sizeBytes: 1, durationMs: 1 });
    ledger.recordDrop('d', null);
    ledger.isKnownMiss('e');
    ledger.startOf('f');
    expect(
      Array.from('abcdef')
        .filter((task) => ledger.knows(task))
        .join(''),
    ).toBe('abcd');
  });
});

describe('pending uploads', () => {
  it('are what is stored and neither uploaded, dropped nor parked', () => {
    const ledger = createLedger();
    for (const [index, task] of Array.from('abcd').entries()) {
      ledger.recordStore(task, { sizeBytes: 10 ** index, durationMs: 5 });
    }
    expect(ledger.pending()).toEqual({ uploads: 4, bytes: 1111 });
    ledger.recordUpload(uploadOf('a'));
    expect(ledger.pending()).toEqual({ uploads: 3, bytes: 1110 });
    ledger.recordUpload(uploadOf('b', { result: 'dropped' }));
    expect(ledger.pending()).toEqual({ uploads: 2, bytes: 1100 });
    ledger.recordUpload(uploadOf('c', { result: 'parked' }));
    expect(ledger.pending()).toEqual({ uploads: 1, bytes: 1000 });
    expect(ledger.isUploading()).toBe(true);
    ledger.recordDrop('d', null);
    expect(ledger.pending()).toEqual({ uploads: 0, bytes: 0 });
    expect(ledger.isUploading()).toBe(false);
  });

  it('count folders whose size nobody knows yet', () => {
    const ledger = createLedger();
    ledger.recordStore('a', { sizeBytes: null, durationMs: 5 });
    expect(ledger.pending()).toEqual({ uploads: 1, bytes: 0 });
  });
});

describe('the report', () => {
  it('of a run in which nothing happened is empty', () => {
    expect(createLedger().toReport()).toEqual({
      runId: 'run',
      url: 'https://cache.example.com',
      formats: [],
      hits: 0,
      misses: 0,
      savedMs: 0,
      downloadedBytes: 0,
      uploads: 0,
      uploadedBytes: 0,
      pendingUploads: 0,
      trouble: null,
      tasks: [],
    });
  });

  it('names formats, and artifacts by their own', () => {
    const ledger = createLedger({
      artifactHashOf: (taskHash, format) => `${taskHash} as ${String(format)}`,
    });
    ledger.recordFormat('a', 'tar.br');
    ledger.recordFormat('b', 'nx.tar.gz');
    ledger.recordFormat('c', 'tar.br');
    ledger.recordMiss('d', 1);
    const { formats, tasks } = ledger.toReport();
    expect(formats).toEqual(['tar.br', 'nx.tar.gz']);
    expect(tasks.map(({ artifactHash }) => artifactHash)).toEqual([
      'a as tar.br',
      'b as nx.tar.gz',
      'c as tar.br',
      'd as null',
    ]);
  });

  it('adds up hits, misses and uploads', () => {
    const parked = { reason: 'parked', code: null } as const;
    const ledger = createLedger();
    ledger.recordHit('a', { sizeBytes: 100, durationMs: 1000 });
    ledger.recordHit('b', { sizeBytes: 200, durationMs: 2000 });
    for (const task of 'cdef') ledger.recordMiss(task, 1);
    for (const task of 'cde') ledger.recordStore(task, { sizeBytes: 1, durationMs: 5 });
    ledger.recordDrop('f', { reason: 'lost', code: 'LARDER_X_Y' });
    ledger.recordUpload(uploadOf('c', { sizeBytes: 40, durationMs: 7 }));
    ledger.recordUpload(uploadOf('d', { result: 'parked', cause: parked, sizeBytes: 50 }));
    const report = ledger.toReport();
    expect(report).toMatchObject({
      hits: 2,
      misses: 4,
      savedMs: 3000,
      downloadedBytes: 300,
      uploads: 1,
      uploadedBytes: 40,
      pendingUploads: 2,
    });
    const seen = report.tasks.map(
      ({ taskHash, lookup, store, notStored, sizeBytes, durationMs }) => [
        taskHash,
        lookup,
        store,
        notStored?.reason ?? null,
        sizeBytes,
        durationMs,
      ],
    );
    expect(seen).toEqual([
      ['a', 'hit', null, 'found', 100, 1000],
      ['b', 'hit', null, 'found', 200, 2000],
      ['c', 'miss', 'uploaded', null, 40, 7],
      ['d', 'miss', 'pending', 'parked', 50, 5],
      ['e', 'miss', 'pending', 'in-progress', 1, 5],
      ['f', 'miss', 'dropped', 'lost', null, null],
    ]);
    expect(report.tasks[0]?.artifactHash).toBe('wire-a');
  });

  it('has what Nx says in the end, also of tasks that it asked nothing about', () => {
    const ledger = createLedger();
    ledger.recordMiss('a', 1);
    ledger.recordEnd(
      [
        { id: 'app:build', hash: 'a', status: 'success', isCacheable: true },
        { id: 'lib:build', hash: 'b', status: 'local-cache', isCacheable: true },
        {
          id: 'own:build',
          hash: 'no artifact can be named so',
          status: 'success',
          isCacheable: true,
        },
      ],
      { a: 5000, b: 6000 },
    );
    const { misses, tasks } = ledger.toReport();
    expect(misses).toBe(1);
    expect(tasks).toMatchObject([
      { taskId: 'app:build', taskHash: 'a', source: 'none', durationMs: 5000 },
      { taskId: 'lib:build', taskHash: 'b', source: 'local', durationMs: null },
    ]);
  });

  it('counts a task once, however often it is asked for', () => {
    const ledger = createLedger();
    for (let time = 1; time < 10; time += 1) {
      ledger.recordMiss('a', time);
      ledger.recordHit('b', { sizeBytes: 10, durationMs: 20 });
    }
    expect(ledger.toReport()).toMatchObject({
      misses: 1,
      hits: 1,
      savedMs: 20,
      downloadedBytes: 10,
    });
  });

  it('tells the first trouble', () => {
    const ledger = createLedger();
    ledger.recordTrouble(trouble);
    ledger.recordTrouble({ ...trouble, code: 'LARDER_ITS_ECHO' });
    expect(ledger.toReport().trouble).toBe(trouble);
  });
});
