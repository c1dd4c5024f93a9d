// The files of docs/ci: they parse, and name only variables that somebody reads.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readEnvironment } from './environment.ts';

const folder = join(__dirname, '../../../../docs/ci');
const pages = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(join(folder, name), 'utf8'),
}));

/** Read by Nx itself. */
const variablesOfNx = [
  'NX_SELF_HOSTED_REMOTE_CACHE_SERVER',
  'NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN',
];

function variablesOfPlugin(): Set<string> {
  const names = new Set<string>();
  readEnvironment(
    new Proxy<Record<string, string>>(
      {},
      {
        get(_target, name) {
          names.add(String(name));
          return undefined;
        },
      },
    ),
  );
  return names;
}

function blocksOf(text: string, language: string): string[] {
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'));
  return [...blocks].map(([, block = '']) => block);
}

interface Workflow {
  readonly on?: unknown;
  readonly jobs?: Readonly<Record<string, { readonly steps?: readonly object[] }>>;
}

it.each(pages)('$name holds YAML and JSON that parse', ({ name, text }) => {
  for (const block of blocksOf(text, 'yaml')) {
    expect(parse(block)).toEqual(expect.any(Object));
  }
  for (const block of blocksOf(text, 'json')) {
    expect(JSON.parse(block)).toEqual(expect.any(Object));
  }
  const languages = [...text.matchAll(/^```(\w+)$/gm)].map(([, language]) => language);
  expect(languages.filter((each) => each !== 'yaml' && each !== 'json')).toEqual(
    languages.filter((each) => each === 'console' || each === 'groovy'),
  );
  if (name !== 'README.md') expect(languages.length).toBeGreaterThan(0);
});

it.each(pages)('$name names only variables that are read', ({ text }) => {
  const known = new Set([...variablesOfPlugin(), ...variablesOfNx]);
  const named = text.match(/\b(?:LARDER|TURBO|NX|VERCEL)_[A-Z_]+\b/g) ?? [];

  expect(named.length).toBeGreaterThan(0);
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
});

it('shows whole workflows of GitHub Actions, whose steps build in the end', () => {
  const text = pages.find(({ name }) => name === 'github-actions.md')?.text ?? '';
  const workflows = blocksOf(text, 'yaml').map((block) => parse(block) as Workflow);
  const whole = workflows.filter(({ jobs }) => jobs !== undefined);

  expect(whole.length).toBe(4);
  for (const { on, jobs } of whole) {
    expect(on).toEqual({ push: { branches: ['main'] }, pull_request: null });
    const last = jobs?.build?.steps?.at(-1);
    expect(last).toEqual({ run: expect.stringMatching(/^npx (?:nx|turbo) run/) as unknown });
  }
});

it('uses inputs that the action has', () => {
  const action = parse(
    readFileSync(join(__dirname, '../../../../actions/setup/action.yml'), 'utf8'),
  ) as { inputs: Record<string, { required: boolean }>; runs: object };
  expect(action.runs).toEqual({ using: 'node24', main: 'main.mjs' });

  const text = pages.find(({ name }) => name === 'github-actions.md')?.text ?? '';
  const steps = blocksOf(text, 'yaml')
    .flatMap((block) => Object.values((parse(block) as Workflow).jobs ?? {}))
    .flatMap(({ steps: each = [] }) => each as { uses?: string; with?: Record<string, string> }[])
    .filter(({ uses = '' }) => uses.includes('/actions/setup@'));
  expect(steps.length).toBe(2);
  const required = Object.keys(action.inputs).filter((name) => action.inputs[name]?.required);
  for (const { with: inputs = {} } of steps) {
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(required));
    expect(Object.keys(inputs).filter((name) => !(name in action.inputs))).toEqual([]);
  }
  for (const name of Object.keys(action.inputs)) expect(text).toContain(`| \`${name}\` `);
});
