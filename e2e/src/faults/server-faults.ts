import { type Fault, type Warning } from './fault.ts';
import {
  type FaultyServer,
  openFailingServer,
  openForbiddingServer,
  openServerWithAnotherToken,
  openSilentServer,
  openStoppedServer,
} from './faulty-servers.ts';
import { refuseUploads } from './line-behaviours.ts';

/** A server that is in trouble from the start, and all the time. */
export interface ServerTrouble {
  readonly name: string;
  readonly open: () => Promise<FaultyServer>;
  readonly warning: Warning;
}

/** What happens to every team one day. */
export const commonServerTroubles: readonly ServerTrouble[] = [
  {
    name: 'the server is stopped',
    open: openStoppedServer,
    warning: { problem: /cannot be reached/, remedy: /LARDER_URL/ },
  },
  {
    name: 'the token is wrong',
    open: openServerWithAnotherToken,
    warning: { problem: /does not accept the token/, remedy: /LARDER_TOKEN/ },
  },
  {
    name: 'the server answers 500',
    open: openFailingServer,
    warning: { problem: /answers with an error of its own/, remedy: /log of the server/ },
  },
  {
    name: 'the server accepts and never answers',
    open: openSilentServer,
    warning: { problem: /does not answer in time/, remedy: /lookupTimeoutMs/ },
  },
];

const otherServerTroubles: readonly ServerTrouble[] = [
  {
    name: 'the server answers 403',
    open: openForbiddingServer,
    warning: { problem: /has no access to this team/, remedy: /LARDER_TEAM_ID/ },
  },
];

export const serverFaults: readonly Fault[] = [
  ...[...commonServerTroubles, ...otherServerTroubles].map(toFault),
  {
    name: 'the token may not store',
    cache: 'empty',
    executed: 'all',
    warning: { problem: /may not store anything/, remedy: /LARDER_MODE=read/ },
    arrange({ line }) {
      line.behave(refuseUploads(403, '{"error":{"code":"forbidden","message":"Read only."}}'));
      return Promise.resolve({});
    },
  },
  {
    name: 'the server answers uploads with 413',
    cache: 'empty',
    executed: 'all',
    warning: { problem: /refuses an artifact as too large/, remedy: /cache smaller outputs/ },
    arrange({ line }) {
      line.behave(refuseUploads(413));
      return Promise.resolve({});
    },
  },
];

function toFault({ name, open, warning }: ServerTrouble): Fault {
  return {
    name,
    cache: 'empty',
    executed: 'all',
    warning,
    async arrange({ cleanup }) {
      const server = await open();
      cleanup.add(server.close);
      return { server };
    },
  };
}
