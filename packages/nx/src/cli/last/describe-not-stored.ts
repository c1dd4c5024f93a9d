import type { NotStored, NotStoredReason } from '../../report/run-report.ts';

const sentences: Readonly<Record<NotStoredReason, string>> = {
  found: 'it came from a cache',
  'not-cacheable': 'Nx does not cache this task',
  failed: 'the task failed',
  mode: 'the mode does not write',
  'read-only': 'the token may only read',
  'no-token': 'there was no token',
  'not-offered': 'Nx did not hand it over',
  'in-progress': 'the upload goes on',
  parked: 'the server could not be reached; it is sent later',
  refused: 'it was refused',
  lost: 'it was gone, or could not be kept, before it was sent',
};

/** Why there is nothing on the server, as the continuation of "not stored: ". */
export function describeNotStored({ reason, code }: NotStored): string {
  return code === null ? sentences[reason] : `${sentences[reason]} (${code})`;
}
