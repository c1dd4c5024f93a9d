/**
 * Commands of the documentation that no test runs as they stand, with the reason: by page, and there
 * all of them or by heading.
 */
export const notRun: Readonly<Record<string, string | Readonly<Record<string, string>>>> = {
  'CONTRIBUTING.md': 'installs, checks and tests this repository, which is what is happening now',
  'docs/releasing.md': 'publishes; release.spec.ts does it with a registry of its own',
  'README.md': {
    'From a clone of this repository': 'builds and tests this repository; so does CI',
  },
  'docs/configuration.md': {
    'In a job of GitHub Actions': 'needs the identity of a job; setup-action.spec.ts exchanges one',
    'In a job of GitLab CI/CD': 'needs the identity of a job; ci-recipes.spec.ts exchanges one',
  },
  'docs/metrics.md': {
    Traces: 'needs nothing but npm; tracing.spec.ts of the server runs with these packages',
  },
  'docs/operations.md': {
    systemd: 'needs systemd; deploy-files.spec.ts of the server reads what it starts',
    Docker: 'needs Docker; health-check-command.spec.ts of the server runs what can be run of it',
    'Many machines': 'needs Docker; deploy-files.spec.ts of the server reads the files',
    'The database': 'sets a variable; the suites on engines start servers with it',
    'The bucket': 'sets a variable; the suites on engines start servers with it',
    Kubernetes: 'needs Kubernetes; deploy-files.spec.ts of the server reads the files',
    'From one machine to many': 'needs a bucket and a database; the suites on engines migrate',
  },
  'docs/upgrading.md': {
    'The plugin': 'needs a newer version in the registry; release.spec.ts has one',
  },
};

/** Why a command is not run, or null when it is. */
export function reasonNotToRun(page: string, heading: string): string | null {
  const reasons = notRun[page];
  return typeof reasons === 'string' ? reasons : (reasons?.[heading] ?? null);
}
