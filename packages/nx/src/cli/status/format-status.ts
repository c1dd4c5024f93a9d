import { formatAgent, formatSpool } from '../agent/format-agent.ts';
import { formatTable } from '../format-table.ts';
import { formatTime } from '../format-time.ts';
import type { ServerFacts } from '../server/server-facts.ts';
import type { WhoAmI } from '../server/who-am-i.ts';
import type { OptionFact, Status } from './gather-status.ts';

/** The status for people. */
export function formatStatus(status: Status): string {
  const { door, isCi, mode } = status;
  const rows = [
    ['Larder', `${status.version}, Nx ${status.nxVersion}`],
    ['Workspace', status.workspaceRoot],
    ['Data', status.dataDirectory],
    [
      'Door',
      door ??
        'none: nx.json does not name the plugin where this Nx looks for it; run "npx nx g @larder/nx:init"',
    ],
    ['Mode', `${mode}${isCi ? ' (CI)' : ''}`],
    ['Agent', formatAgent(status.agent)],
    ['Waiting', formatSpool(status.agent.spool)],
    ...serverLines(status.server).map((line, index) => [index === 0 ? 'Server' : '', line]),
  ];
  const notices = status.notices.map((notice) => `\n${notice}\n`).join('');
  const options = formatTable(
    [['OPTION', 'VALUE', 'FROM'], ...status.options.map((option) => optionRow(option))],
    '  ',
  );
  return `${formatTable(rows)}${notices}\nOptions\n${options}`;
}

function optionRow({ name, value, source }: OptionFact): string[] {
  return [name, value === null ? '–' : value === '' ? '(empty)' : String(value), source];
}

function serverLines(server: ServerFacts): string[] {
  const { url, isReachable, latencyMs, status, mayRead, mayWrite, token, trouble } = server;
  if (trouble !== null) {
    return [`${url}: ${trouble.summary} (${trouble.code})`, trouble.hint];
  }
  if (isReachable === null) return [`${url}, not asked: there is no token`];
  const state = status === null ? '' : `, caching is ${status}`;
  return [
    `${url}: reachable, answered in ${String(latencyMs)} ms${state}`,
    `may read: ${answer(mayRead)}, may write: ${answer(mayWrite)}`,
    ...(token === null ? [] : [tokenLine(token)]),
  ];
}

function tokenLine({ label, scope, teams, expiresAtMs }: WhoAmI): string {
  return [
    `token ${label === null ? '' : `"${label}"`}`.trim(),
    `scope ${scope}`,
    teams === null ? 'every team' : `teams ${teams.join(', ')}`,
    expiresAtMs === null ? 'does not expire' : `expires ${formatTime(expiresAtMs)}`,
  ].join(', ');
}

function answer(may: boolean | null): string {
  if (may === null) return 'not known without trying';
  return may ? 'yes' : 'no';
}
