import { agentUnreachable, isAgentHealthy, type AgentAddress } from './agent-request.ts';

const defaults = {
  checkIntervalMs: 5_000,
  /** Long enough for an agent that was stopped for a moment, or that the system has no time for. */
  healthTimeoutMs: 10_000,
};

/**
 * Waits for the agent's answer as long as it takes, but not for an agent that hangs: how long an
 * answer may take depends on what the agent waits for, and it has bounds of its own for that.
 *
 * @throws LarderError `LARDER_AGENT_UNREACHABLE`
 */
export async function whileAgentLives<T>(
  agent: AgentAddress,
  ask: (signal: AbortSignal) => Promise<T>,
  { checkIntervalMs, healthTimeoutMs } = defaults,
): Promise<T> {
  const hangs = new AbortController();
  let check: NodeJS.Timeout | undefined;

  function scheduleCheck(): void {
    check = setTimeout(() => {
      void isAgentHealthy(agent, healthTimeoutMs).then((isHealthy) => {
        if (check === undefined) return;
        if (isHealthy) scheduleCheck();
        else hangs.abort();
      });
    }, checkIntervalMs);
  }

  scheduleCheck();
  try {
    return await ask(hangs.signal);
  } catch (error) {
    throw hangs.signal.aborted ? agentUnreachable('it has stopped answering', error) : error;
  } finally {
    clearTimeout(check);
    check = undefined;
  }
}
