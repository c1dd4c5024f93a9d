import { formatDuration } from '../../format/format-duration.ts';
import { ok, skipped, warning, type Check } from './check.ts';

/** A signed identity is refused from 30 s on; the date of an answer has seconds only. */
const toleranceMs = 60_000;

export const clockCheck: Check = {
  id: 'clock',
  title: 'Clock',
  examine({ contact }) {
    const aheadMs = contact?.clockAheadMs ?? null;
    if (aheadMs === null) return skipped('The server does not tell its time.');
    if (Math.abs(aheadMs) < toleranceMs)
      return ok('The clocks of this machine and of the server agree.');
    return warning(
      `The clock of this machine is ${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'behind' : 'ahead of'} that of the server.`,
      'Set the clock of the machine that is wrong: tokens, signed identities and certificates depend on it.',
    );
  },
};
