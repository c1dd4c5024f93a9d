import { formatNow } from './format-now.ts';
import type { Now, TaskNow } from './now.ts';

const now = (overrides: Partial<TaskNow> = {}): Now => ({
  state: 'hashed',
  taskHash: '2',
  artifactHash: 'a'.repeat(64),
  isHashedLate: false,
  isLast: false,
  differences: [],
  presence: { state: 'absent' },
  ...overrides,
});

it('tells the hash, whether it is another one, and what the server has', () => {
  expect(formatNow(now())).toBe(
    'If it ran now, its hash would be 2: another one. The server has no result for it.\n' +
      'All inputs that Nx names are the same.\n',
  );
  expect(formatNow(now({ isLast: true, presence: { state: 'present' } }))).toBe(
    'If it ran now, its hash would be 2: the same. The server has a result for it.\n',
  );
});

it('names what differs', () => {
  const [change, kind, name, what] = ['changed', 'files', 'ui:x', 'files of ui (x)'] as const;
  const differences = [{ change, kind, name, what, before: null, after: null }];
  expect(formatNow(now({ differences }))).toContain(
    'What differs from that command:\n  changed  files of ui (x)\n',
  );
  expect(formatNow(now({ differences: null }))).toContain('What differs is not known');
});

it('says what it does not know', () => {
  expect(formatNow({ state: 'unknown', reason: 'Nx is asleep' })).toBe(
    'What the hash would be now could not be asked for: Nx is asleep.\n',
  );
  expect(formatNow(now({ presence: { state: 'unknown', code: null } }))).toContain(
    'Whether the server has a result for it is not known.',
  );
});

it('warns where outputs of other tasks are part of the hash', () => {
  expect(formatNow(now({ isHashedLate: true }))).toMatch(/with their outputs as they are now\.\n/);
});
