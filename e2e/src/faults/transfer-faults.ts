import { once } from 'node:events';

import { createBandwidth } from './bandwidth.ts';
import { type Fault, type Stage } from './fault.ts';
import { passOn } from './faulty-line.ts';
import { breakHitsOff, flipBytes, shortenHits, throttle } from './line-behaviours.ts';
import { expectAllStored, expectStored, readSpool } from './stored-artifacts.ts';

/** The largest artifact, one megabyte that does not compress, takes 20 s at this speed. */
const SLOW_BYTES_PER_SECOND = 50_000;

const damaged = {
  problem: /arrived damaged and was not used/,
  remedy: /Remove it from the server/,
};

/** What happens to artifacts on their way. */
export const transferFaults: readonly Fault[] = [
  {
    name: 'hits arrive with a flipped byte',
    cache: 'filled',
    executed: 'all',
    warning: damaged,
    arrange({ line }) {
      line.behave(flipBytes);
      return Promise.resolve({});
    },
  },
  {
    name: 'hits arrive without their end',
    cache: 'filled',
    executed: 'all',
    warning: damaged,
    arrange({ line }) {
      line.behave(shortenHits);
      return Promise.resolve({});
    },
  },
  {
    name: 'hits break off half-way',
    cache: 'filled',
    executed: 'all',
    warning: { problem: /connection to the cache server was lost/, remedy: /every proxy/ },
    arrange({ line }) {
      line.behave(breakHitsOff);
      return Promise.resolve({});
    },
  },
  {
    name: 'hits are signed with another key',
    cache: 'filled',
    filledWith: { LARDER_SIGNATURE_KEY: 'the key of somebody else' },
    executed: 'all',
    warning: { problem: /wrong signature was not used/, remedy: /LARDER_SIGNATURE_KEY/ },
    arrange: () => Promise.resolve({ env: { LARDER_SIGNATURE_KEY: 'the key of this team' } }),
  },
  {
    name: 'hits arrive at 50 kB/s',
    cache: 'filled',
    // By default 10 s; the artifacts of the other tasks are small enough. And what is not restored
    // is stored again, for which a build in CI would wait 60 s.
    options: { minDownloadMs: 1_000, uploadDeadlineMs: 1_000 },
    executed: ['media'],
    warning: { problem: /download was given up after/, remedy: /minDownloadMs/ },
    arrange(stage) {
      const { lift } = slowDown(stage);
      return Promise.resolve({
        afterwards() {
          lift();
          return Promise.resolve();
        },
      });
    },
  },
  {
    name: 'uploads leave at 50 kB/s',
    cache: 'empty',
    // By default 60 s, which a build in CI would wait.
    options: { uploadDeadlineMs: 1_000 },
    executed: 'all',
    warning: null,
    says: /[1-6] uploads? pending/,
    arrange(stage) {
      const { lift } = slowDown(stage);
      return Promise.resolve({
        async afterwards() {
          // The agent goes on when the command has ended.
          const waiting = await readSpool(stage);
          lift();
          await expectStored(stage, waiting);
          await expectAllStored(stage);
        },
      });
    },
  },
  {
    name: 'the server dies in the middle of an upload',
    cache: 'empty',
    executed: 'all',
    warning: {
      problem: /cannot be reached|connection to the cache server was lost/,
      remedy: /LARDER_URL|every proxy/,
    },
    arrange(stage) {
      const { line } = stage;
      line.behave(async (exchange) => {
        if (exchange.kind !== 'upload') return passOn(exchange);
        await once(exchange.request, 'data');
        await line.die();
      });
      return Promise.resolve({
        async afterwards() {
          const waiting = await readSpool(stage);
          if (waiting.length === 0) throw new Error('The spool does not keep what was not sent.');
          line.behave(passOn);
          await line.revive();
          await stage.buildAgain();
          await expectStored(stage, waiting);
        },
      });
    },
  },
];

/** Makes the line slow until it is lifted, at the latest at the end. */
function slowDown({ line, cleanup }: Stage): { readonly lift: () => void } {
  const up = createBandwidth(SLOW_BYTES_PER_SECOND);
  const down = createBandwidth(SLOW_BYTES_PER_SECOND);
  line.behave(throttle({ up, down }));
  const lift = (): void => {
    up.lift();
    down.lift();
  };
  cleanup.add(() => {
    lift();
    return Promise.resolve();
  });
  return { lift };
}
