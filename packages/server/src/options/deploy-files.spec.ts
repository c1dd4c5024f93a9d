// The files of `deploy`: they parse, name only what the server knows, and leave it the time that it needs.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { METRICS } from '../metrics/metric-table.ts';
import { removeTemporaryFolders, startServer } from '../testing/start-server.fixture.ts';
import { readEnvironment } from './environment.ts';
import { mergeOptionSources } from './merge-option-sources.ts';
import { CONFIG_VARIABLE, OPTION_SOURCES } from './option-sources.ts';
import { DEFAULT_OPTIONS } from './server-options.ts';

const folder = join(__dirname, '../../../../deploy');

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return { name: relative(folder, path), text: readFileSync(path, 'utf8') };
  });

function textOf(name: string): string {
  const file = files.find((each) => each.name === name);
  if (file === undefined) throw new Error(`There is no deploy/${name}.`);
  return file.text;
}

interface ComposeFile {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly environment?: Readonly<Record<string, string | number>>;
        readonly stop_grace_period?: string;
        readonly read_only?: boolean;
      }
    >
  >;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Deployment {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly enableServiceLinks: boolean;
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
        readonly containers: readonly [
          {
            readonly ports: readonly [{ readonly name: string; readonly containerPort: number }];
            readonly startupProbe: Probe;
            readonly livenessProbe: Probe;
            readonly readinessProbe: Probe;
            readonly lifecycle: {
              readonly preStop: { readonly exec: { readonly command: readonly string[] } };
            };
          },
        ];
      };
    };
  };
}

const deployment = parse(textOf('kubernetes/deployment.yaml')) as Deployment;
const pod = deployment.spec.template.spec;
const [container] = pod.containers;

const compose = (name: string) => parse(textOf(`docker/${name}`)) as ComposeFile;

/** Of a file with a line `NAME=value` for each variable, those that are commented out too. */
function variablesOfLines(text: string): Record<string, string> {
  const lines = text.matchAll(/^#?(LARDER_\w+)='?(.*?)'?$/gm);
  return Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
}

/** What Compose would make of `${NAME:-default}` when all of the others are given. */
function variablesOfService(name: string): Record<string, string> {
  const values = Object.entries(compose(name).services.larder?.environment ?? {});
  const given = variablesOfLines(textOf('docker/cluster.env.example'));
  return Object.fromEntries(
    values.map(([variable, value]) => [
      variable,
      String(value).replace(
        /\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g,
        (_whole, used: string, byDefault?: string) => given[used] ?? byDefault ?? 'given',
      ),
    ]),
  );
}

function variablesOfPod(): Record<string, string> {
  const { data } = parse(textOf('kubernetes/config-map.yaml')) as { data: Record<string, string> };
  const { stringData } = parse(textOf('kubernetes/secret.example.yaml')) as {
    stringData: Record<string, string>;
  };
  return { ...data, ...stringData };
}

it.each(files.filter(({ name }) => name.endsWith('.yaml') || name.endsWith('.yml')))(
  '$name is YAML',
  ({ text }) => {
    for (const document of parseAllDocuments(text)) {
      expect(document.errors).toEqual([]);
      expect(document.toJS()).toEqual(expect.any(Object));
    }
  },
);

it.each(files)('$name names only variables that the server reads', ({ text }) => {
  const known = new Set([CONFIG_VARIABLE, ...OPTION_SOURCES.map(({ variable }) => variable)]);
  const named = text.match(/\bLARDER_SERVER_[A-Z0-9_]+\b/g) ?? [];
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
});

it.each<[string, () => Record<string, string>]>([
  ['the server on one machine', () => variablesOfService('docker-compose.yml')],
  ['the replicas of the cluster', () => variablesOfService('docker-compose.cluster.yml')],
  ['the pods of Kubernetes', variablesOfPod],
  ['the service of systemd', () => variablesOfLines(textOf('systemd/server.env.example'))],
])('what %s is given are options', async (_whose, variables) => {
  const given = Object.fromEntries(
    Object.entries(variables()).map(([name, value]) => [
      name,
      value.replaceAll('<64 digits>', '0'.repeat(64)),
    ]),
  );
  const environment = readEnvironment(given);
  expect(environment.size).toBeGreaterThan(0);
  await expect(mergeOptionSources({ flags: new Map(), environment })).resolves.toBeDefined();
});

describe('a stop', () => {
  const drainSeconds = DEFAULT_OPTIONS.drainTimeoutMs / 1000;

  it.each(['docker-compose.yml', 'docker-compose.cluster.yml'])('of %s', (name) => {
    const [, seconds] =
      /^(\d+)s$/.exec(compose(name).services.larder?.stop_grace_period ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(drainSeconds);
  });

  it('of a pod, with the wait before it', () => {
    const [command, seconds] = container.lifecycle.preStop.exec.command;
    expect(command).toBe('sleep');
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(Number(seconds) + drainSeconds);
  });

  it('of the service of systemd', () => {
    const [, seconds] =
      /^TimeoutStopSec=(\d+)$/m.exec(textOf('systemd/larder-server.service')) ?? [];
    expect(Number(seconds)).toBeGreaterThan(drainSeconds);
  });

  it.each(['docker-compose.yml', 'docker-compose.cluster.yml'])('%s sets no other time', (name) => {
    expect(variablesOfService(name)).not.toHaveProperty('LARDER_SERVER_DRAIN_TIMEOUT_MS');
    expect(variablesOfPod()).not.toHaveProperty('LARDER_SERVER_DRAIN_TIMEOUT_MS');
  });
});

describe('the pods of Kubernetes', () => {
  afterAll(removeTemporaryFolders);

  it('are asked for paths that the server answers without a token', async () => {
    const running = await startServer();
    try {
      const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
      for (const { httpGet } of probes) {
        const { status } = await fetch(running.url + httpGet.path);
        expect({ path: httpGet.path, status }).toEqual({ path: httpGet.path, status: 200 });
        expect(httpGet.port).toBe(container.ports[0].name);
      }
    } finally {
      await running.server.close();
    }
  });

  it('get no variables from services, one of which would be the port of the server', () => {
    expect(pod.enableServiceLinks).toBe(false);
  });

  it('have the user of the image', () => {
    const { runAsUser, runAsGroup } = pod.securityContext;
    expect(textOf('docker/Dockerfile')).toContain(`\nUSER ${runAsUser}:${runAsGroup}\n`);
  });

  it('are made of files that are there', () => {
    const { resources } = parse(textOf('kubernetes/kustomization.yaml')) as { resources: string[] };
    const there = files.map(({ name }) => name);
    expect(resources.filter((name) => !there.includes(`kubernetes/${name}`))).toEqual([]);
    const left = there
      .map((name) => /^kubernetes\/(.*)$/.exec(name)?.[1] ?? 'kustomization.yaml')
      .filter((name) => name !== 'kustomization.yaml' && !resources.includes(name));
    for (const name of left) expect(textOf('kubernetes/kustomization.yaml')).toContain(`"${name}"`);
  });
});

it('the port is the same everywhere', () => {
  const port = String(DEFAULT_OPTIONS.port);
  expect(textOf('docker/Dockerfile')).toContain(`\nEXPOSE ${port}\n`);
  expect(textOf('docker/Dockerfile')).toContain(`LARDER_SERVER_PORT=${port} `);
  expect(textOf('docker/docker-compose.yml')).toContain(`'127.0.0.1:${port}:${port}'`);
  expect(textOf('docker/nginx.conf')).toContain(`server larder:${port} resolve`);
  expect(container.ports[0].containerPort).toBe(DEFAULT_OPTIONS.port);
});

describe('the alerts', () => {
  const { groups } = parse(textOf('prometheus/alerts.yaml')) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);

  it.each(rules)('$alert goes by metrics and labels that there are', ({ expr }) => {
    const used = expr.matchAll(
      /\b((?:larder|process|nodejs)_\w+?)(_bucket)?(?:\{([^}]*)\})?(?=[^\w{])/g,
    );
    const metrics: Record<string, { type: string; labels: readonly string[] }> = METRICS;
    for (const [, name = '', bucket, labels = ''] of used) {
      const metric = metrics[name];
      expect(Object.keys(metrics)).toContain(name);
      expect([name, metric?.type === 'histogram']).toEqual([name, bucket !== undefined]);
      const named = [...labels.matchAll(/(\w+)=/g)].map(([, label = '']) => label);
      expect(named.filter((label) => !['job', ...(metric?.labels ?? [])].includes(label))).toEqual(
        [],
      );
    }
  });

  it('are those of docs/operations.md', () => {
    const page = readFileSync(join(folder, '../docs/operations.md'), 'utf8');
    const named = [...page.matchAll(/^\| `(Larder\w+)`/gm)].map(([, name = '']) => name);
    expect(named).toEqual(rules.map(({ alert }) => alert));
  });
});
