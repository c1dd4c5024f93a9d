import { LarderError } from '../errors/larder-error.ts';
import { createRecentTrouble } from './recent-trouble.ts';

let nowMs: number;

beforeEach(() => {
  nowMs = 1_000;
});

function create() {
  return createRecentTrouble(() => nowMs);
}

function storageFailed(message: string): LarderError {
  return new LarderError('LARDER_SERVER_STORAGE_FAILED', message, { hint: 'Look at the disk.' });
}

it('counts what comes again, with its latest words', () => {
  const trouble = create();
  trouble.note('warn', 'an upload failed', storageFailed('ENOSPC of one'));
  nowMs = 2_000;
  trouble.note('warn', 'an upload failed', storageFailed('ENOSPC of another'));
  expect(trouble.list()).toEqual([
    {
      level: 'warn',
      message: 'an upload failed: ENOSPC of another',
      count: 2,
      firstAtMs: 1_000,
      lastAtMs: 2_000,
    },
  ]);
});

it('tells the latest first, and different errors apart', () => {
  const trouble = create();
  trouble.note('error', 'a request failed', storageFailed('full'));
  trouble.note('error', 'a request failed', new Error('a bug'));
  trouble.note('warn', 'a request failed');
  trouble.note('error', 'a request failed', storageFailed('full'));
  expect(trouble.list().map(({ message, count }) => [message, count])).toEqual([
    ['a request failed: full', 2],
    ['a request failed', 1],
    ['a request failed: a bug', 1],
  ]);
});

it('forgets what did not come for longest beyond fifty kinds', () => {
  const trouble = create();
  for (let kind = 0; kind < 51; kind += 1) {
    trouble.note('warn', `kind ${kind}`);
    trouble.note('warn', 'kind 0');
  }
  const messages = trouble.list().map(({ message }) => message);
  expect(messages).toHaveLength(50);
  expect(messages).toContain('kind 0');
  expect(messages).not.toContain('kind 1');
});

it('keeps the beginning of what is long', () => {
  const trouble = create();
  trouble.note('warn', 'x'.repeat(10_000));
  expect(trouble.list()[0]?.message).toHaveLength(500);
});
