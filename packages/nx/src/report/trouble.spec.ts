import { CLIENT_ERRORS, LarderError, type ClientErrorCode } from '@larder/client';
import { pluginErrorCodes } from '../errors/error-codes.ts';
import { troubleWordings, toTrouble } from './trouble.ts';

const clientCodes = Object.keys(CLIENT_ERRORS) as ClientErrorCode[];

function error(code: string, details: { message?: string; hint?: string; cause?: unknown } = {}) {
  return new LarderError({ code, message: 'the message', hint: 'The hint.', ...details });
}

describe('a wording', () => {
  it('is for an error that exists', () => {
    const known = new Set<string>([...clientCodes, ...pluginErrorCodes]);
    expect(Object.keys(troubleWordings).filter((code) => !known.has(code))).toEqual([]);
  });

  it.each(Object.entries(troubleWordings))('of %s reads as a part of the line', (_, wording) => {
    expect(wording.summary).toMatch(/^[a-z].*[^.;]$/);
    expect(wording.hint).toMatch(/^[A-Z].*\.$/);
    // Options of the client, which users of the plugin never see.
    expect(wording.hint).not.toMatch(/firstByteTimeoutMs|maxConnections|option/);
  });

  it('exists for all that a server or the way to it can do wrong', () => {
    const outages = clientCodes.filter((code) => CLIENT_ERRORS[code].isOutage === true);
    expect(outages.length).toBeGreaterThan(0);
    expect(outages.filter((code) => !(code in troubleWordings))).toEqual([]);
  });

  it('takes the place of what the error says, which stays as the detail', () => {
    const trouble = toTrouble(error('LARDER_CONNECT_FAILED', { message: 'GET http://x failed' }));
    expect(trouble).toEqual({
      code: 'LARDER_CONNECT_FAILED',
      summary: 'the cache server cannot be reached',
      detail: 'GET http://x failed',
      hint: 'Check that it is running and that LARDER_URL (or "url" in nx.json) is right.',
    });
  });
});

describe('the trouble', () => {
  it('of an error without a wording is what the error says', () => {
    expect(toTrouble(error('LARDER_ARCHIVE_CORRUPT'))).toEqual({
      code: 'LARDER_ARCHIVE_CORRUPT',
      summary: 'the message',
      detail: 'the message',
      hint: 'The hint.',
    });
  });

  it('of an open breaker is what opened it', () => {
    const cause = error('LARDER_TIMEOUT_FIRST_BYTE');
    const repeated = error('LARDER_OUTAGE_BREAKER_OPEN', { cause });
    expect(toTrouble(repeated)).toEqual(toTrouble(cause));
    expect(toTrouble(error('LARDER_OUTAGE_BREAKER_OPEN', { cause: repeated }))).toEqual(
      toTrouble(cause),
    );
  });

  it('of an open breaker without a cause is the breaker', () => {
    expect(toTrouble(error('LARDER_OUTAGE_BREAKER_OPEN')).code).toBe('LARDER_OUTAGE_BREAKER_OPEN');
  });

  it('of other errors with a cause is their own', () => {
    const cause = error('LARDER_CONNECT_FAILED');
    expect(toTrouble(error('LARDER_ACCESS_UNAUTHORIZED', { cause })).code).toBe(
      'LARDER_ACCESS_UNAUTHORIZED',
    );
  });

  it.each([
    ['a plain error', new TypeError('x is not a function'), 'x is not a function'],
    ['a text', 'help', 'help'],
    ['nothing', undefined, 'undefined'],
  ])('of %s is unexpected, and says so', (_, thrown, detail) => {
    expect(toTrouble(thrown)).toMatchObject({
      code: 'LARDER_AGENT_UNEXPECTED',
      summary: expect.stringContaining(detail) as string,
      detail,
    });
  });
});
