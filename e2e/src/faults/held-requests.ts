import { EventEmitter, once } from 'node:events';

import { type Behaviour, type Exchange, passOn } from './faulty-line.ts';

/** Requests of one kind that stay unanswered until they are let go. */
export interface HeldRequests {
  readonly behaviour: Behaviour;
  /** Resolves when the first of them has arrived; rejects when it does not in time. */
  readonly firstArrived: Promise<void>;
  /** Answers those that are held and all that come later. */
  readonly release: () => void;
  /** Breaks the connections of those that are held, and lets later ones pass. */
  readonly cut: () => void;
}

const ARRIVAL_TIMEOUT_MS = 30_000;

export function holdRequests(kind: 'lookup' | 'upload'): HeldRequests {
  const events = new EventEmitter();
  const firstArrived = once(events, 'arrival', {
    signal: AbortSignal.timeout(ARRIVAL_TIMEOUT_MS),
  }).then(
    () => undefined,
    () => {
      throw new Error(`No ${kind} arrived at the server.`);
    },
  );
  // Whoever waits hears of it; nobody has to.
  firstArrived.catch(() => undefined);
  const decision = once(events, 'decision') as Promise<['pass' | 'cut']>;
  let isOver = false;
  const end = (how: 'pass' | 'cut'): void => {
    isOver = true;
    events.emit('decision', how);
  };
  return {
    async behaviour(exchange: Exchange) {
      if (exchange.kind !== kind || isOver) {
        await passOn(exchange);
        return;
      }
      events.emit('arrival');
      const [how] = await decision;
      if (how === 'cut') exchange.cut();
      else await passOn(exchange);
    },
    firstArrived,
    release() {
      end('pass');
    },
    cut() {
      end('cut');
    },
  };
}
