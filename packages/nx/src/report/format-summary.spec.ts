import { reportOf } from '../history/run-record.fixture.ts';
import { formatSummary } from './format-summary.ts';

const trouble = {
  code: 'LARDER_CONNECT_FAILED',
  summary: 'the cache server cannot be reached',
  detail: 'd',
  hint: 'Check that LARDER_URL is right.',
};

it('is empty when there is nothing to say', () => {
  expect(formatSummary(reportOf())).toBe('');
});

it('is a table of what the cache was good for', () => {
  const report = reportOf([], {
    hits: 3,
    misses: 1,
    savedMs: 12_340,
    downloadedBytes: 1_234_567,
    uploads: 1,
    uploadedBytes: 2048,
    pendingUploads: 2,
  });
  expect(formatSummary(report)).toBe(
    [
      '### Larder',
      '',
      '| | |',
      '| --- | --- |',
      '| From the remote cache | 3 of 4 tasks |',
      '| Time saved | 12.3 s |',
      '| Down | 1.2 MB |',
      '| Stored | 1 artifact, 2.0 kB up |',
      '| Pending | 2 uploads |',
      '',
      '',
    ].join('\n'),
  );
});

it('has trouble with its remedy, and nothing in it is markup', () => {
  const text = formatSummary(reportOf([], { trouble }));
  expect(text).toContain(
    '**Warning:** the cache server cannot be reached. Check that LARDER\\_URL is right. (`LARDER_CONNECT_FAILED`)',
  );
  const hostile = formatSummary(
    reportOf([], { trouble: { ...trouble, summary: '<img src=x>\n# [a](b)' } }),
  );
  expect(hostile).toContain('\\<img src=x\\> \\# \\[a\\](b)');
});
