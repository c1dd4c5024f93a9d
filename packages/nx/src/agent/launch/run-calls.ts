import { Agent } from 'node:http';
import {
  controlPaths,
  type RetrieveAnswer,
  type RetrieveRequest,
  type StoreRequest,
} from '../protocol/control-api.ts';
import { callAgent, type AgentAddress } from './agent-request.ts';
import { whileAgentLives } from './while-agent-lives.ts';

/** What may be asked of the agent in the name of a run. Both wait no longer than the agent lives. */
export interface RunCalls {
  /** @throws LarderError `LARDER_AGENT_UNREACHABLE` */
  retrieve(retrieve: RetrieveRequest): Promise<RetrieveAnswer>;
  /** @throws LarderError `LARDER_AGENT_UNREACHABLE` */
  store(store: StoreRequest): Promise<void>;
  /** Lets go of the connections; the run itself goes on. */
  disconnect(): void;
}

/** `token` is the run's. */
export function createRunCalls(agent: AgentAddress, token: string): RunCalls {
  const connections = new Agent({ keepAlive: true });

  function call<Answer>(path: string, body: object): Promise<Answer> {
    return whileAgentLives(agent, (signal) =>
      callAgent<Answer>(agent, path, body, { token, connections, signal }),
    );
  }

  return {
    retrieve: (retrieve) => call<RetrieveAnswer>(controlPaths.retrieve, retrieve),
    store: async (store) => {
      await call(controlPaths.store, store);
    },
    disconnect() {
      connections.destroy();
    },
  };
}
