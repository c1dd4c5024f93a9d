import { type OutputEntry, type ProducingProject } from './project-layout.ts';

const LONG_NAME = 'a-name-that-is-longer-than-the-name-field-of-a-tar-header-'.repeat(3) + '.txt';

/**
 * Six projects that depend on each other, as wide as deep, whose outputs are every kind of thing
 * that a build leaves behind.
 */
export const sixProjects: readonly ProducingProject[] = [
  {
    name: 'core',
    dependsOn: [],
    workMs: 150,
    outputs: ['{projectRoot}/dist'],
    entries: [
      file('projects/core/dist/lib/index.js', 'exports.core = 1;\n'),
      file('projects/core/dist/lib/deeply/nested/folders/index.js', 'exports.nested = true;\n'),
      file('projects/core/dist/lib/empty.js', ''),
      file('projects/core/dist/.hidden', 'A name that starts with a dot.\n'),
    ],
  },
  {
    name: 'icons',
    dependsOn: [],
    workMs: 300,
    outputs: ['{projectRoot}/dist'],
    entries: [
      folder('projects/icons/dist/empty'),
      folder('projects/icons/dist/sprites/none-yet'),
      file('projects/icons/dist/sprites/16/icon one.svg', '<svg/>\n'),
      file('projects/icons/dist/größe/übersicht – 図.svg', '<svg lang="ja"/>\n'),
      file(`projects/icons/dist/${LONG_NAME}`, 'A long name.\n'),
      file(`projects/icons/dist/${'folder-'.repeat(16)}/${LONG_NAME}`, 'A longer path.\n'),
    ],
  },
  {
    name: 'api',
    dependsOn: ['core'],
    workMs: 200,
    outputs: ['{projectRoot}/dist', '{workspaceRoot}/reports/{projectName}.json'],
    entries: [
      file('projects/api/dist/bin/serve', '#!/bin/sh\necho serving\n', 0o755),
      file('projects/api/dist/bin/private', 'Only for the owner.\n', 0o600),
      file('projects/api/dist/bin/read-only', 'Not to be changed.\n', 0o444),
      file('reports/api.json', '{"a": "file outside of the project"}\n'),
    ],
  },
  {
    name: 'ui',
    dependsOn: ['core', 'icons'],
    workMs: 150,
    outputs: ['{projectRoot}/dist'],
    entries: [
      file('projects/ui/dist/versions/2.0.0/ui.js', 'exports.ui = 2;\n'),
      symlink('projects/ui/dist/versions/2.0.0/latest.js', 'ui.js'),
      symlink('projects/ui/dist/versions/current', '2.0.0'),
      symlink('projects/ui/dist/ui.js', 'versions/current/ui.js'),
      symlink('projects/ui/dist/versions/2.0.0/up.js', '../../ui.js'),
    ],
  },
  {
    name: 'media',
    dependsOn: [],
    workMs: 100,
    outputs: ['{projectRoot}/dist'],
    entries: [
      { kind: 'random', path: 'projects/media/dist/film.bin', megabytes: 200, seed: 20_261_122 },
    ],
  },
  {
    name: 'site',
    dependsOn: ['api', 'ui', 'media'],
    workMs: 250,
    outputs: ['{projectRoot}/dist'],
    entries: [
      file('projects/site/dist/index.html', '<!doctype html>\n<title>Larder</title>\n'),
      file('projects/site/dist/assets/app.js', 'console.log("Larder");\n'.repeat(5_000)),
    ],
  },
];

/** The same graph with a small film, for specs that look at time or trouble. */
export const smallSixProjects: readonly ProducingProject[] = sixProjects.map((project) => ({
  ...project,
  entries: project.entries.map((entry) =>
    entry.kind === 'random' ? { ...entry, megabytes: 1 } : entry,
  ),
}));

function file(path: string, text: string, mode = 0o644): OutputEntry {
  return { kind: 'file', path, text, mode };
}

function folder(path: string): OutputEntry {
  return { kind: 'folder', path };
}

function symlink(path: string, target: string): OutputEntry {
  return { kind: 'symlink', path, target };
}
