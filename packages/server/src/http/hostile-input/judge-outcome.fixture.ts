import { isAbandoned } from './hostile-request.fixture.ts';
import type { Outcome } from './send-hostile-request.fixture.ts';
import type { ParsedAnswer } from './parse-answers.fixture.ts';
import type { GeneratedRequest } from './request-generator.fixture.ts';

/** What no client is told: where the server lives, what it is made of, and what is not an artifact. */
const INTERNALS =
  /node_modules|\.[jt]s:\d|\bat .+\(|SQLITE|ENOENT|ENOTDIR|EISDIR|FST_|larder-server-/;

export interface JudgeOptions {
  /** Text that is in files which are not for clients. */
  readonly secret: string;
  /** Whether the storage was made to fail, so that the server may say so. */
  readonly isStorageBroken?: boolean;
}

/** Everything that is wrong with how the server behaved; empty when all is well. */
export function judgeOutcome(
  request: GeneratedRequest,
  outcome: Outcome,
  options: JudgeOptions,
): string[] {
  const problems = [...problemsOf(request, outcome, options)];
  return problems.map((problem) => `seed ${request.seed} (${request.family}): ${problem}`);
}

function* problemsOf(
  request: GeneratedRequest,
  { answers, rest, wasReset, isHanging }: Outcome,
  options: JudgeOptions,
): Generator<string> {
  if (isHanging) yield 'nothing happened any more';
  if (isAbandoned(request)) return;
  if (rest.length > 0 && !wasReset) yield `no HTTP: ${quoted(rest)}`;
  const expected = request.ending === 'answers' ? (request.answers ?? 1) : 1;
  // A client that goes on writing to a connection that was closed may lose the answer.
  if (answers.length < expected && request.ending !== 'quiet' && !wasReset) {
    yield `${answers.length} of ${expected} answers`;
  }
  for (const answer of answers) {
    yield* problemsOfAnswer(answer, request, options);
  }
}

function* problemsOfAnswer(
  { status, headers, body }: ParsedAnswer,
  { statuses, isHead = false }: GeneratedRequest,
  { secret, isStorageBroken = false }: JudgeOptions,
): Generator<string> {
  const isExcused = isStorageBroken && [200, 404, 503].includes(status);
  if (status >= 500 && !isExcused) yield `status ${status}: ${quoted(body)}`;
  if (statuses !== undefined && !statuses.includes(status) && !isExcused) {
    yield `status ${status} instead of ${statuses.join(' or ')}: ${quoted(body)}`;
  }
  const text = body.toString('latin1');
  if (text.includes(secret)) yield 'the answer holds a secret';
  if (INTERNALS.test(text)) yield `the answer tells of the inside: ${quoted(body)}`;
  const isJson = headers.get('content-type')?.startsWith('application/json') === true;
  if (status >= 400 && isJson && !isHead && !isEnvelope(text)) yield `no envelope: ${quoted(body)}`;
}

function isEnvelope(text: string): boolean {
  const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } };
  return typeof error?.code === 'string' && typeof error.message === 'string';
}

function quoted(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1', 0, 200));
}
