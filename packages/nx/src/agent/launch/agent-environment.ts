// The front starts in a few tens of milliseconds only without what slows Node's start down
// (measured: 50 ms for extra CA certificates alone), but its worker, which speaks TLS, needs it.
const startupVariables = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'] as const;
const parkedPrefix = 'LARDER_WORKER_';

/** Credentials reach the agent with each run, never by its environment. */
const secretVariablePattern = /TOKEN|SECRET|PASSWORD|SIGNATURE_KEY/i;

/** The environment of the front, made from that of the command that starts it. */
export function frontEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const result: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(environment)) {
    if (secretVariablePattern.test(name) || value === undefined) continue;
    const isParked = startupVariables.some((variable) => variable === name);
    result[isParked ? parkedPrefix + name : name] = value;
  }
  return result;
}

/** The environment of the worker, made from that of the front. */
export function workerEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const result: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(environment)) {
    const isParked = name.startsWith(parkedPrefix);
    result[isParked ? name.slice(parkedPrefix.length) : name] = value;
  }
  return result;
}
