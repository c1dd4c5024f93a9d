// Runs on the runner as it is: nothing but Node, and no Larder. How it goes about the identity is what
// @larder/nx does too, see docs/configuration.md. Trouble with the cache is a warning and no cache;
// only a mistake in the inputs fails the job.
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';

const TIMEOUT_MS = 10_000;

/** The variables by which each tool uses the cache. */
const VARIABLES = {
  turbo: ({ url, token, team }) => ({
    TURBO_API: url,
    TURBO_TOKEN: token,
    ...(team === '' ? {} : { TURBO_TEAM: team }),
  }),
  nx: ({ url, token }) => ({
    NX_SELF_HOSTED_REMOTE_CACHE_SERVER: url,
    NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: token,
  }),
  larder: ({ url, token, team }) => ({
    LARDER_URL: url,
    LARDER_TOKEN: token,
    ...(team === ''
      ? {}
      : { [team.startsWith('team_') ? 'LARDER_TEAM_ID' : 'LARDER_TEAM_SLUG']: team }),
  }),
};

class InputError extends Error {}

/** The cache can do without, and so can the job. */
class CacheError extends Error {}

function readInputs(env) {
  const read = (name) => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
  const url = read('url').replace(/\/+$/, '');
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['https:', 'http:'].includes(parsed.protocol)) {
    throw new InputError(`The input "url" must be an address such as https://cache.example.com.`);
  }
  if (
    parsed.username !== '' ||
    parsed.password !== '' ||
    parsed.search !== '' ||
    parsed.hash !== ''
  ) {
    throw new InputError('The input "url" must have neither credentials nor a query.');
  }
  if (!isSecure(parsed)) {
    throw new InputError(
      'The input "url" must start with https://: others could read the identity of the job.',
    );
  }
  const tools = read('tools')
    .split(',')
    .map((tool) => tool.trim());
  const known = Object.keys(VARIABLES);
  const unknown = tools.filter((tool) => !known.includes(tool));
  if (unknown.length > 0) {
    throw new InputError(`The input "tools" must list ${known.join(', ')}, not "${unknown[0]}".`);
  }
  const team = read('team');
  if (!/^[\w.-]*$/.test(team)) throw new InputError('The input "team" must be an id or a slug.');
  return { url, tools, team, audience: read('audience') };
}

function isSecure({ protocol, hostname }) {
  if (protocol === 'https:') return true;
  if (isIPv4(hostname)) return hostname.startsWith('127.');
  return hostname === 'localhost' || hostname === '[::1]';
}

async function call(what, address, init = {}) {
  try {
    // A redirect could lead the identity to somebody else.
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(address, { ...init, redirect: 'error', signal });
    const text = await response.text();
    return { status: response.status, content: parseJson(text) };
  } catch (error) {
    const reason = error.cause?.message ?? error.message;
    throw new CacheError(`${what} failed: ${reason}`, { cause: error });
  }
}

function parseJson(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

async function findAudience(url) {
  const { status, content } = await call('Asking the server for its audience', `${url}/auth/oidc`);
  if (status !== 200 || !Array.isArray(content.issuers)) {
    throw new CacheError(
      `The server does not exchange identities (status ${status}): configure its option "oidc".`,
    );
  }
  const { host, hostname } = new URL(url);
  const audiences = content.issuers.map(({ audience }) => String(audience));
  const own = audiences.find(
    (audience) =>
      (URL.canParse(audience) && new URL(audience).host === host) ||
      [host, hostname].includes(audience.toLowerCase()),
  );
  if (own === undefined) {
    throw new CacheError(
      `The server wants identities that are made out to somebody else (${audiences.join(', ').slice(0, 200)}): set the input "audience" if that is right.`,
    );
  }
  return own;
}

async function requestIdentity(env, audience) {
  const requestUrl = env.ACTIONS_ID_TOKEN_REQUEST_URL;
  const requestToken = env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
  if (!requestUrl || !requestToken) {
    throw new CacheError(
      'This job has no identity: give it "permissions: id-token: write". Pull requests from forks never have one.',
    );
  }
  const address = new URL(requestUrl);
  address.searchParams.set('audience', audience);
  const { status, content } = await call('Asking GitHub for the identity of the job', address, {
    headers: { authorization: `bearer ${requestToken}` },
  });
  if (status !== 200 || typeof content.value !== 'string') {
    throw new CacheError(`GitHub gave no identity of the job (status ${status}).`);
  }
  return content.value;
}

async function exchange(url, identity) {
  const what = 'Exchanging the identity of the job';
  const { status, content } = await call(what, `${url}/auth/oidc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: identity }),
  });
  if (status === 401) {
    throw new CacheError(
      'The server refuses the identity of this job: see its log for the claims.',
    );
  }
  const { token, access, scope } = content;
  // Nothing that could end a line of the runner's files.
  const isPlain = (text) => typeof text === 'string' && /^[\x21-\x7e]+$/.test(text);
  if (status !== 200 || ![token, access, scope].every(isPlain)) {
    throw new CacheError(`${what} failed: the answer was ${status}.`);
  }
  return { token, access, scope };
}

/** Adds to a file of the runner, in the form that cannot be mistaken. */
function tellRunner(file, values) {
  for (const [name, value] of Object.entries(values)) {
    const end = `end-${randomUUID()}`;
    appendFileSync(file, `${name}<<${end}\n${value}\n${end}\n`);
  }
}

async function main(env) {
  const { url, tools, team, audience } = readInputs(env);
  if (!env.GITHUB_ENV || !env.GITHUB_OUTPUT)
    throw new InputError('This runs in GitHub Actions only.');
  const name = audience === '' ? await findAudience(url) : audience;
  const identity = await requestIdentity(env, name);
  const { token, access, scope } = await exchange(url, identity);
  // Before anything else is said: from here on the runner hides it in all logs.
  console.log(`::add-mask::${token}`);
  for (const tool of tools) tellRunner(env.GITHUB_ENV, VARIABLES[tool]({ url, token, team }));
  tellRunner(env.GITHUB_OUTPUT, { access, scope });
  console.log(`The cache of ${url}: ${access}, scope ${scope}, for ${tools.join(', ')}.`);
}

/** One line, as the commands of the runner have it. */
function escapeData(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

main(process.env).catch((error) => {
  const isExpected = error instanceof CacheError;
  const kind = isExpected ? 'warning' : 'error';
  const text = isExpected ? `No remote cache. ${error.message}` : error.message;
  console.log(`::${kind} title=Larder::${escapeData(text)}`);
  if (!isExpected) process.exitCode = 1;
});
