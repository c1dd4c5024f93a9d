// What PostgreSQL and its driver throw, and what that means.
import { messageOf } from '../../errors/message-of.ts';

/** Those of class 08 as well. See "PostgreSQL Error Codes" in the manual of PostgreSQL. */
const LOST_CODES: readonly string[] = [
  // The database ends, has crashed, or has ended a connection that was idle.
  ...['57P01', '57P02', '57P05'],
  ...['ECONNRESET', 'EPIPE'],
];

/** Deadlock, serialization failure. */
const ROLLED_BACK_CODES: readonly string[] = ['40P01', '40001'];

/** The driver's own words; it has no codes for them. */
const LOST_PATTERN = /^(?:Connection terminated(?! due to connection timeout)|Client (?:has|was) )/;
const UNANSWERED_MESSAGE = 'Query read timeout';

/** The connection broke under a statement, of which nobody knows what became. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return (
    LOST_CODES.includes(code) || code.startsWith('08') || LOST_PATTERN.test(messageOf(error))
  );
}

/** A statement was not answered in time: the answer to another could be taken for its. */
export function isUnanswered(error: unknown): boolean {
  return messageOf(error) === UNANSWERED_MESSAGE;
}

/** The database has undone a statement, which may be made again. */
export function isRolledBack(error: unknown): boolean {
  return ROLLED_BACK_CODES.includes(codeOf(error) ?? '');
}

/** A pooler is between, and knows nothing of a parameter that a connection begins with. */
export function isParameterRefused(error: unknown): boolean {
  return messageOf(error).includes('unsupported startup parameter');
}

/** SQLSTATE or the code of a system error; undefined when it has none. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * An error by its message and code alone: the driver's may carry the connection and its options.
 *
 * @param secrets what is made unreadable in the message
 */
export function toPlainError(error: unknown, secrets: readonly string[]): Error {
  const message = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), wordsOf(error));
  const code = codeOf(error);
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

/** Where a name has several addresses, Node throws an error without a message for all of them. */
function wordsOf(error: unknown): string {
  return error instanceof AggregateError && error.message === ''
    ? error.errors.map(messageOf).join('; ')
    : messageOf(error);
}
