import { isConnectionLost, isRolledBack, toPlainError } from './connection-errors.ts';

const errorOf = (message: string, code?: string) => Object.assign(new Error(message), { code });

it.each([
  errorOf('terminating connection due to administrator command', '57P01'),
  errorOf('terminating connection because of crash of another server process', '57P02'),
  errorOf('connection failure', '08006'),
  errorOf('read ECONNRESET', 'ECONNRESET'),
  errorOf('Connection terminated unexpectedly'),
  errorOf('Connection terminated'),
  errorOf('Client has encountered a connection error and is not queryable'),
])('knows a connection that was lost: $message', (error) => {
  expect(isConnectionLost(error)).toBe(true);
});

it.each([
  errorOf('duplicate key value violates unique constraint "artifact_blob"', '23505'),
  errorOf('canceling statement due to statement timeout', '57014'),
  errorOf('the database system is starting up', '57P03'),
  errorOf('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'),
  errorOf('Connection terminated due to connection timeout'),
  errorOf('timeout exceeded when trying to connect'),
  errorOf('Query read timeout'),
  'Connection',
])('takes nothing else for that: $message', (error) => {
  expect(isConnectionLost(error)).toBe(false);
});

it('knows what the database has undone', () => {
  expect(isRolledBack(errorOf('deadlock detected', '40P01'))).toBe(true);
  expect(isRolledBack(errorOf('could not serialize access', '40001'))).toBe(true);
  expect(isRolledBack(errorOf('lock not available', '55P03'))).toBe(false);
});

it('keeps message and code of an error, and nothing that should not be seen', () => {
  const error = Object.assign(errorOf('no s3cr3t here', '28P01'), { client: { password: 's3cr3t' } });
  const plain = toPlainError(error, ['s3cr3t']);
  expect({ ...plain, message: plain.message }).toEqual({ message: 'no *** here', code: '28P01' });
});

it('gives an error for several addresses the words of each', () => {
  const error = new AggregateError([errorOf('connect ::1'), errorOf('connect 127.0.0.1')], '');
  expect(toPlainError(error, []).message).toBe('connect ::1; connect 127.0.0.1');
});
