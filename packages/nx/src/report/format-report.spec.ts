import { formatReport, formatTrouble } from './format-report.ts';
import type { RunReport } from './run-report.ts';

const trouble = {
  code: 'LARDER_CONNECT_FAILED',
  summary: 'the cache server cannot be reached',
  detail: 'GET https://cache.example.com/v8/artifacts/abc failed: ECONNREFUSED',
  hint: 'Check that it is running.',
};

function report(overrides: Partial<RunReport> = {}): RunReport {
  return {
    runId: 'run',
    formats: [],
    url: 'https://cache.example.com',
    hits: 0,
    misses: 0,
    savedMs: 0,
    downloadedBytes: 0,
    uploads: 0,
    uploadedBytes: 0,
    pendingUploads: 0,
    trouble: null,
    tasks: [],
    ...overrides,
  };
}

describe('the report of a run', () => {
  it('says nothing when there is nothing to say', () => {
    expect(formatReport(report())).toEqual([]);
  });

  it.each<[Partial<RunReport>, string]>([
    [{ misses: 3 }, '0 of 3 tasks from the remote cache'],
    [{ misses: 1 }, '0 of 1 task from the remote cache'],
    [
      { hits: 3, misses: 1, savedMs: 12_340, downloadedBytes: 1_234_567 },
      '3 of 4 tasks from the remote cache · 12.3 s saved · 1.2 MB down',
    ],
    [
      { misses: 2, uploads: 2, uploadedBytes: 2048 },
      '0 of 2 tasks from the remote cache · 2 stored · 2.0 kB up',
    ],
    [{ uploads: 1, uploadedBytes: 0 }, '1 stored · 0 B up'],
    [{ pendingUploads: 1 }, '1 upload pending'],
    [{ misses: 2, pendingUploads: 2 }, '0 of 2 tasks from the remote cache · 2 uploads pending'],
  ])('%j is one line: %s', (facts, line) => {
    expect(formatReport(report(facts))).toEqual([`Larder: ${line}`]);
  });

  it('with trouble has a line about it, with the server that it is about', () => {
    expect(formatReport(report({ trouble }))).toEqual([
      'Larder: warning: the cache server cannot be reached [https://cache.example.com]; ' +
        'the command did without it. Check that it is running. (LARDER_CONNECT_FAILED)',
    ]);
    expect(formatReport(report({ misses: 1, trouble }))).toHaveLength(2);
  });
});

it('trouble without a server names none', () => {
  expect(formatTrouble(trouble)).toBe(
    'Larder: warning: the cache server cannot be reached; ' +
      'the command did without it. Check that it is running. (LARDER_CONNECT_FAILED)',
  );
});
