import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { bufferBody } from '@larder/client';
import { isLarderError } from '@larder/client/errors';
import { mayWrite } from '../../agent/protocol/run-configuration.ts';
import { toTrouble } from '../../report/trouble.ts';
import { ok, problem, skipped, type Check, type DoctorFacts, type Finding } from './check.ts';
import { readOnly } from './token-checks.ts';

/** No task's artifact is named so: those are digests. */
const prefix = 'larder-doctor-';
const content = Buffer.from('A trial of larder doctor; it may be removed.\n');

const address = 'LARDER_URL (or "url" in nx.json)';
const noRetries = { retries: 0 } as const;

export const roundTripCheck: Check = {
  id: 'round-trip',
  title: 'Round trip',
  async examine(facts) {
    const reason = whyNot(facts);
    if (reason !== null) return skipped(reason);
    const client = facts.contact?.connection?.client;
    if (!client || facts.options === null) return skipped('The server could not be asked.');
    const hash = prefix + randomUUID();
    try {
      await client.put(hash, bufferBody(content), { ...noRetries, durationMs: 1 });
      if ((await client.head(hash, noRetries)) === null) return notKept();
      const artifact = await client.get(hash, noRetries);
      if (artifact === null) return notKept();
      return (await buffer(artifact.body)).equals(content)
        ? ok('An artifact was stored, found and fetched, and is what it was.')
        : problem('An artifact came back with other content.', damaged, 'LARDER_DIGEST_MISMATCH');
    } catch (error) {
      return explain(error, facts);
    }
  },
};

/**
 * An artifact of the day, signed by whoever came first: who has another key finds a wrong signature,
 * as it would with the artifacts of tasks.
 */
export const signatureKeyCheck: Check = {
  id: 'signature-key',
  title: 'Signature key',
  async examine(facts) {
    if (facts.options !== null && facts.options.signatureKey === null) {
      return skipped('No signature key is set.');
    }
    const client = facts.contact?.connection?.client;
    if (!client || facts.contact.error) return skipped('The server could not be asked.');
    const hash = `${prefix}key-${new Date().toISOString().slice(0, 10)}`;
    try {
      const artifact = await client.get(hash, noRetries);
      if (artifact !== null) {
        artifact.body.destroy();
        return ok('What others have signed is signed with the same key.');
      }
      if (whyNot(facts) !== null)
        return skipped('Nobody has signed anything today to compare with.');
      await client.put(hash, bufferBody(content), noRetries);
      return ok('The key signs; nobody else has signed anything today to compare with.');
    } catch (error) {
      return explain(error, facts);
    }
  },
};

const damaged =
  'Look for a proxy on the way that changes content, such as one that compresses, and check the disk of the server.';

function whyNot({ options, contact }: DoctorFacts): string | null {
  if (!contact?.connection || contact.error !== null) {
    return 'The server could not be asked, or refuses the token.';
  }
  if (options === null || !mayWrite(options.mode)) {
    return `The mode is "${options?.mode ?? ''}": nothing may be stored.`;
  }
  const isReadOnly = contact.whoAmI?.access === 'read';
  return isReadOnly && options.identity !== null ? 'The token of this job may only read.' : null;
}

function notKept(): Finding {
  return problem(
    'An artifact was accepted, but is not there afterwards.',
    'Check the limits and the log of the server, and whether several servers answer at this address without sharing what they store.',
  );
}

function explain(error: unknown, { options }: DoctorFacts): Finding {
  const trouble = toTrouble(error);
  const code = isLarderError(error) ? error.code : trouble.code;
  switch (code) {
    case 'LARDER_ACCESS_WRITE_FORBIDDEN':
      return options === null
        ? problem(`${trouble.detail}.`, trouble.hint, code)
        : readOnly(options);
    case 'LARDER_HTTP_UNEXPECTED_STATUS':
    case 'LARDER_HTTP_ENDPOINT_UNKNOWN':
    case 'LARDER_HTTP_ANSWER_MALFORMED':
      return problem(
        `The server does not take an artifact as a cache does: ${trouble.detail}.`,
        `Let ${address} name a server that speaks the artifacts API.`,
        code,
      );
    case 'LARDER_DIGEST_MISMATCH':
      return problem('An artifact came back damaged.', damaged, code);
    case 'LARDER_SIGNATURE_MISSING':
      return problem(
        'An artifact came back without its signature.',
        'Use a server that keeps the header x-artifact-tag, or do without LARDER_SIGNATURE_KEY.',
        code,
      );
    case 'LARDER_SIGNATURE_MISMATCH':
      return problem(
        'An artifact came back with a wrong signature: another LARDER_SIGNATURE_KEY or team id has signed it, or it was changed.',
        'Set the same LARDER_SIGNATURE_KEY and LARDER_TEAM_ID everywhere; after a change of the key this is over tomorrow.',
        code,
      );
    default:
      return problem(`${trouble.detail}.`, trouble.hint, code);
  }
}
