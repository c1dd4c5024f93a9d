import { thrownCode } from '../errors/thrown-code.fixture.ts';
import { readEnvironment } from './environment.ts';
import type { LarderOptions, OptionName } from './larder-options.ts';
import { resolveOptions, type OptionInputs } from './resolve-options.ts';

type Variables = Record<string, string>;

function resolve(
  env: Variables,
  pluginOptions?: OptionInputs['pluginOptions'],
  runnerOptions?: OptionInputs['runnerOptions'],
) {
  return resolveOptions({ pluginOptions, runnerOptions, environment: readEnvironment(env) });
}

describe('resolveOptions without any setting', () => {
  it('gives the documented defaults and is not configured', () => {
    const { sources, ...values } = resolve({});
    expect(values).toEqual({
      url: 'https://api.vercel.com',
      token: null,
      identity: null,
      teamId: null,
      slug: null,
      signatureKey: null,
      namespace: '',
      mode: 'read-write',
      ciMode: null,
      localMode: null,
      lookupTimeoutMs: 1500,
      minDownloadMs: 10_000,
      uploadDeadlineMs: 60_000,
      uploadRetryMs: 5_000,
      uploadConcurrency: 8,
      lookupConcurrency: 32,
      maxHeldBytes: 1_048_576,
      maxSpoolBytes: 2_147_483_648,
      maxSpoolAgeMs: 604_800_000,
      idleMs: 300_000,
      dataDirectory: null,
      reportFile: null,
      isConfigured: false,
      isCi: false,
      warnings: [],
    });
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
  });

  it('lets the agent end at once in CI', () => {
    expect(resolve({ CI: 'true' })).toMatchObject({ isCi: true, idleMs: 0 });
  });
});

/** Per option: a value for each place that can hold it. */
const places: {
  name: OptionName;
  variable?: [name: string, value: string];
  plugin: unknown;
  runner: unknown;
  other?: [name: string, value: string, alongside?: Variables];
}[] = [
  {
    name: 'url',
    variable: ['LARDER_URL', 'https://variable.example.com'],
    plugin: 'https://plugin.example.com',
    runner: 'https://runner.example.com',
    other: ['TURBO_API', 'https://turbo.example.com', { TURBO_TOKEN: 't' }],
  },
  {
    name: 'token',
    variable: ['LARDER_TOKEN', 'variable'],
    plugin: 'plugin',
    runner: 'runner',
    other: ['TURBO_TOKEN', 'turbo'],
  },
  {
    name: 'teamId',
    variable: ['LARDER_TEAM_ID', 'team_variable'],
    plugin: 'team_plugin',
    runner: 'team_runner',
    other: ['TURBO_TEAMID', 'team_turbo', { TURBO_TOKEN: 't' }],
  },
  {
    name: 'slug',
    variable: ['LARDER_TEAM_SLUG', 'variable'],
    plugin: 'plugin',
    runner: 'runner',
    other: ['TURBO_TEAM', 'turbo', { TURBO_TOKEN: 't' }],
  },
  {
    name: 'signatureKey',
    variable: ['LARDER_SIGNATURE_KEY', ' variable '],
    plugin: 'plugin',
    runner: 'runner',
    other: ['TURBO_REMOTE_CACHE_SIGNATURE_KEY', ' turbo'],
  },
  {
    name: 'namespace',
    variable: ['LARDER_NAMESPACE', 'variable'],
    plugin: 'plugin',
    runner: 'runner',
  },
  { name: 'mode', variable: ['LARDER_MODE', 'off'], plugin: 'read', runner: 'write' },
  { name: 'ciMode', plugin: 'read', runner: 'write' },
  { name: 'localMode', plugin: 'read', runner: 'write' },
  {
    name: 'dataDirectory',
    variable: ['LARDER_DATA_DIRECTORY', '/variable'],
    plugin: '/plugin',
    runner: '/runner',
  },
  {
    name: 'reportFile',
    variable: ['LARDER_REPORT_FILE', 'variable.json'],
    plugin: 'plugin.json',
    runner: 'runner.json',
  },
  ...(
    [
      'lookupTimeoutMs',
      'minDownloadMs',
      'uploadDeadlineMs',
      'uploadRetryMs',
      'uploadConcurrency',
      'lookupConcurrency',
      'maxHeldBytes',
      'maxSpoolBytes',
      'maxSpoolAgeMs',
      'idleMs',
    ] as const
  ).map((name) => ({ name, plugin: 17, runner: 18 })),
];

describe.each(places)('the option $name', ({ name, variable, plugin, runner, other }) => {
  const levels = [
    ...(variable ? [{ source: variable[0], value: variable[1] }] : []),
    { source: 'nx.json plugin options', value: plugin },
    { source: 'nx.json tasksRunnerOptions', value: runner },
    ...(other ? [{ source: other[0], value: other[1] }] : []),
  ];

  it.each(levels.map((level, index) => ({ ...level, index })))(
    'comes from $source unless a stronger place sets it',
    ({ source, value, index }) => {
      const rest = levels.slice(index).map((level) => level.source);
      const env = {
        ...(variable && rest.includes(variable[0]) && { [variable[0]]: variable[1] }),
        ...(other && { [other[0]]: other[1], ...other[2] }),
      };
      const result = resolve(
        env,
        rest.includes('nx.json plugin options') ? { [name]: plugin } : {},
        rest.includes('nx.json tasksRunnerOptions') ? { [name]: runner } : {},
      );
      expect(result[name]).toBe(value);
      expect(result.sources[name]).toBe(source);
    },
  );

  it.each([undefined, null, '', '  '])('counts %j as not set', (unset) => {
    const result = resolve(
      variable ? { [variable[0]]: '' } : {},
      { [name]: unset },
      {
        [name]: runner,
      },
    );
    expect(result[name]).toBe(runner);
  });
});

describe('the mode', () => {
  const inCi = { CI: 'true' };
  const usual = { ciMode: 'read-write', localMode: 'read' };

  it.each<[string, Variables, Record<string, unknown>, string, string]>([
    ['that of CI in CI', inCi, usual, 'read-write', 'nx.json plugin options'],
    ['that of other places there', {}, usual, 'read', 'nx.json plugin options'],
    ['the one for all, unless CI has its own', {}, { mode: 'read', ciMode: 'write' }, 'read', ''],
    ['that of CI rather than the one for all', inCi, { mode: 'off', ...usual }, 'read-write', ''],
    ['that of other places likewise', {}, { mode: 'off', ...usual }, 'read', ''],
    ['the default for whom nothing is set', inCi, { localMode: 'off' }, 'read-write', 'default'],
    ["the variable's before all", { LARDER_MODE: 'write' }, { mode: 'off', ...usual }, 'write', ''],
    [
      "the variable's in CI too",
      { ...inCi, LARDER_MODE: 'off' },
      { mode: 'read', ...usual },
      'off',
      'LARDER_MODE',
    ],
    ['the one for all where another is blank', {}, { mode: 'write', localMode: ' ' }, 'write', ''],
  ])('is %s', (_what, env, options, expected, source) => {
    for (const result of [resolve(env, options), resolve(env, {}, options)]) {
      expect(result.mode).toBe(expected);
    }
    if (source !== '') expect(resolve(env, options).sources.mode).toBe(source);
  });

  it("of CI is taken from the runner's options where the plugin's say nothing of CI", () => {
    expect(resolve(inCi, { mode: 'read' }, { ciMode: 'write' }).mode).toBe('write');
  });

  it('is refused under its own name, also where another one counts', () => {
    expect(() => resolve({}, { ciMode: 'readonly' })).toThrow('"ciMode" in nx.json plugin options');
    expect(() => resolve(inCi, { ciMode: 'readonly' })).toThrow('"ciMode" in nx.json plugin');
  });
});

describe('the credential of another tool', () => {
  const vercel = { VERCEL_ARTIFACTS_TOKEN: 'v', VERCEL_ARTIFACTS_OWNER: 'team_v' };
  const nxVercel = { NX_VERCEL_REMOTE_CACHE_TOKEN: 'n', NX_VERCEL_REMOTE_CACHE_TEAM: 'acme' };
  const turbo = {
    TURBO_API: 'https://turbo.example.com/',
    TURBO_TOKEN: 't',
    TURBO_TEAM: 'umbrella',
    TURBO_TEAMID: 'team_t',
  };
  const vercelUrl = 'https://api.vercel.com';

  it.each<[string, Variables, Partial<LarderOptions> | undefined, object]>([
    [
      'of Vercel comes first',
      { ...vercel, ...nxVercel, ...turbo },
      undefined,
      { url: vercelUrl, token: 'v', teamId: 'team_v', slug: null },
    ],
    [
      'of @vercel/remote-nx comes second; its team is a slug',
      { ...nxVercel, ...turbo },
      undefined,
      { url: vercelUrl, token: 'n', teamId: null, slug: 'acme' },
    ],
    [
      'of @vercel/remote-nx can name its team by id',
      { ...nxVercel, NX_VERCEL_REMOTE_CACHE_TEAM: 'team_n' },
      undefined,
      { token: 'n', teamId: 'team_n', slug: null },
    ],
    [
      'of Turborepo comes third, with its address and both names of its team',
      turbo,
      undefined,
      { url: 'https://turbo.example.com', token: 't', teamId: 'team_t', slug: 'umbrella' },
    ],
    [
      'without an address means Vercel',
      { TURBO_TOKEN: 't' },
      undefined,
      { url: vercelUrl, token: 't', teamId: null, slug: null },
    ],
    [
      'without a team does not borrow the team of a third tool',
      { VERCEL_ARTIFACTS_TOKEN: 'v', TURBO_TEAM: 'umbrella', NX_VERCEL_REMOTE_CACHE_TEAM: 'acme' },
      undefined,
      { token: 'v', teamId: null, slug: null },
    ],
    [
      'is left alone, team and address included, when Larder has a token of its own',
      { ...vercel, ...nxVercel, ...turbo, LARDER_TOKEN: 'own' },
      undefined,
      { url: vercelUrl, token: 'own', teamId: null, slug: null },
    ],
    [
      'is left alone when nx.json holds a token',
      turbo,
      { token: 'own' },
      { url: vercelUrl, token: 'own', teamId: null, slug: null },
    ],
    [
      "gives way to an id in Larder's settings, slug included",
      turbo,
      { teamId: 'team_own' },
      { token: 't', teamId: 'team_own', slug: null },
    ],
    [
      "gives way to a slug in Larder's settings, id included",
      turbo,
      { slug: 'own' },
      { token: 't', teamId: null, slug: 'own' },
    ],
    [
      "gives way to an address in Larder's settings",
      turbo,
      { url: 'https://own.example.com' },
      { url: 'https://own.example.com', token: 't', slug: 'umbrella' },
    ],
    [
      'needs a token: an address and a team alone mean nothing',
      { TURBO_API: 'https://turbo.example.com', TURBO_TEAM: 'umbrella' },
      undefined,
      { url: vercelUrl, token: null, slug: null, isConfigured: false },
    ],
    [
      'does not decide about the signature key',
      { LARDER_TOKEN: 'own', TURBO_REMOTE_CACHE_SIGNATURE_KEY: 'key' },
      undefined,
      { token: 'own', signatureKey: 'key' },
    ],
  ])('%s', (_, env, pluginOptions, expected) => {
    expect(resolve(env, pluginOptions)).toMatchObject(expected);
  });

  it('of Vercel on another server is warned about', () => {
    const { warnings } = resolve(vercel, { url: 'https://cache.example.com' });
    expect(warnings).toEqual([expect.stringMatching(/VERCEL_ARTIFACTS_TOKEN.*LARDER_TOKEN/)]);
    expect(resolve(vercel, { url: 'https://vercel.com/api' }).warnings).toEqual([]);
    expect(resolve(turbo, { url: 'https://cache.example.com' }).warnings).toEqual([]);
  });
});

describe('resolveOptions', () => {
  it('is configured as soon as there is a token', () => {
    expect(resolve({ LARDER_TOKEN: 'x' }).isConfigured).toBe(true);
  });

  it('is also configured by a CI identity, for a server that somebody has named', () => {
    const job = { LARDER_ID_TOKEN: 'a.b.c' };
    const named = { ...job, LARDER_URL: 'https://cache.example.com' };
    expect(resolve(named)).toMatchObject({
      isConfigured: true,
      token: null,
      identity: { kind: 'signed', token: 'a.b.c' },
    });
    expect(resolve(job)).toMatchObject({ isConfigured: false, identity: null });
  });

  it.each(['LARDER_TOKEN', 'TURBO_TOKEN', 'VERCEL_ARTIFACTS_TOKEN'])(
    'uses no identity where there is a token, such as in %s',
    (variable) => {
      const job = { LARDER_ID_TOKEN: 'a.b.c', LARDER_URL: 'https://cache.example.com' };
      expect(resolve({ ...job, [variable]: 'x' })).toMatchObject({ token: 'x', identity: null });
    },
  );

  it('removes the line break that a secret store left behind a token', () => {
    expect(resolve({ LARDER_TOKEN: 'secret\n' }).token).toBe('secret');
  });

  it.each([
    ['https://cache.example.com/', 'https://cache.example.com'],
    ['https://cache.example.com/api//', 'https://cache.example.com/api'],
    ['http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
    [' HTTPS://Cache.Example.com ', 'https://cache.example.com'],
  ])('reads the address %j as %s', (url, expected) => {
    expect(resolve({}, { url }).url).toBe(expected);
  });

  it.each([
    'cache.example.com',
    'ftp://cache.example.com',
    'file:///tmp',
    'https://',
    'https://ann:secret@cache.example.com',
    'https://secret@cache.example.com',
    'https://cache.example.com/?token=secret',
    'https://cache.example.com/#secret',
  ])('refuses the address %s without showing it', (url) => {
    const attempt = () => resolve({ LARDER_URL: url });
    expect(thrownCode(attempt)).toBe('LARDER_OPTIONS_INVALID_URL');
    expect(attempt).toThrow(/^LARDER_URL must/);
    expect(attempt).not.toThrow(/secret/);
  });

  it.each<[OptionName, unknown]>([
    ['url', 1],
    ['token', 12345],
    ['token', 'two words'],
    ['token', 'tökén'],
    ['teamId', ['team_x']],
    ['slug', 'two\nlines'],
    ['signatureKey', {}],
    ['namespace', 'two\nlines'],
    ['namespace', true],
    ['mode', 'readonly'],
    ['mode', true],
    ['ciMode', 'readonly'],
    ['localMode', true],
    ['dataDirectory', 1],
    ['reportFile', true],
    ['lookupTimeoutMs', 0],
    ['lookupTimeoutMs', '1500'],
    ['lookupTimeoutMs', 1.5],
    ['lookupTimeoutMs', 2 ** 31],
    ['idleMs', 2 ** 31],
    ['lookupTimeoutMs', Number.NaN],
    ['minDownloadMs', -1],
    ['uploadDeadlineMs', -1],
    ['uploadConcurrency', 0],
    ['lookupConcurrency', 0],
    ['maxHeldBytes', -1],
    ['maxSpoolBytes', 2 ** 60],
    ['maxSpoolAgeMs', false],
    ['idleMs', -1],
  ])('refuses %s = %j and names the option and its place', (name, value) => {
    const code = 'LARDER_OPTIONS_INVALID_VALUE';
    for (const [place, attempt] of [
      ['nx.json plugin options', () => resolve({}, { [name]: value })],
      ['nx.json tasksRunnerOptions', () => resolve({}, {}, { [name]: value })],
    ] as const) {
      expect(thrownCode(attempt)).toBe(code);
      expect(attempt).toThrow(`"${name}" in ${place} must be`);
    }
  });

  it.each([
    ['LARDER_MODE', 'readonly'],
    ['LARDER_NAMESPACE', 'two\nlines'],
    ['TURBO_TOKEN', 'two words'],
  ])('refuses %s=%j and names the variable', (name, value) => {
    expect(() => resolve({ [name]: value })).toThrow(new RegExp(`^${name} must be`));
  });

  it.each([['text'], [['list']], [1]])('refuses %j in place of the options', (options) => {
    expect(() => resolve({}, options)).toThrow('nx.json plugin options must be an object');
    expect(() => resolve({}, {}, options)).toThrow('nx.json tasksRunnerOptions must be an object');
  });

  it("warns about unknown options of the plugin, but not about those of Nx beside the runner's", () => {
    const result = resolve(
      {},
      { tokn: 'x', url: 'https://a.example.com' },
      {
        cacheableOperations: ['build'],
        parallel: 3,
        cacheDirectory: '.cache',
      },
    );
    expect(result.warnings).toEqual([expect.stringContaining('"tokn"')]);
  });
});
