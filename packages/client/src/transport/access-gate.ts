import { type ClientErrorCode, createClientError } from '../errors/client-errors.ts';
import { type LarderError } from '../errors/larder-error.ts';

export type AccessKind = 'read' | 'write' | 'delete';

/** Remembers what the server refused, so that it is not asked for it again. */
export interface AccessGate {
  /** Throws an error with the code of the earlier refusal. */
  check(access: AccessKind): void;
  /** Takes note of an error that an answer led to. */
  note(error: LarderError): void;
}

const EVERYTHING: readonly AccessKind[] = ['read', 'write', 'delete'];

/** The errors that say something about later requests too, and about which. */
const REFUSALS = new Map<string, readonly AccessKind[]>([
  ['LARDER_ACCESS_UNAUTHORIZED', EVERYTHING],
  ['LARDER_ACCESS_CACHING_DISABLED', EVERYTHING],
  ['LARDER_ACCESS_CACHING_OVER_LIMIT', EVERYTHING],
  ['LARDER_ACCESS_CACHING_PAUSED', EVERYTHING],
  ['LARDER_ACCESS_CACHING_UNAVAILABLE', EVERYTHING],
  ['LARDER_ACCESS_WRITE_FORBIDDEN', ['write']],
] satisfies [ClientErrorCode, readonly AccessKind[]][]);

export function createAccessGate(): AccessGate {
  const refused = new Map<AccessKind, LarderError>();

  return {
    check(access) {
      const earlier = refused.get(access);
      if (earlier === undefined) return;
      throw createClientError(
        earlier.code as ClientErrorCode,
        `Not sent, because of an earlier answer: ${earlier.message}`,
        earlier,
      );
    },
    note(error) {
      for (const access of REFUSALS.get(error.code) ?? []) {
        if (!refused.has(access)) refused.set(access, error);
      }
    },
  };
}
