import { posix } from 'node:path';
import type { Tree } from '../nx-devkit.ts';
import { findVariables, type FoundVariable } from './find-variables.ts';

/** Folders with what CI services do, and helpers of it. */
const folders = [
  '.azuredevops',
  '.azure-pipelines',
  '.buildkite',
  '.ci',
  '.circleci',
  '.github',
  '.gitlab',
  '.semaphore',
  '.teamcity',
  '.woodpecker',
];

/** Files in the workspace's folder where variables are set for commands and CI jobs. */
const rootFile =
  /^(?:package\.json|\.envrc|\.env(?:\..+)?|.*\.env|Jenkinsfile.*|Dockerfile.*|Earthfile|Makefile|[Jj]ustfile|.*\.ya?ml)$/;

/** Lock files are YAML too, and long. */
const skipped = /(?:^|[.-])lock\.|\.lock$|-lock\.ya?ml$/;

const maxDepth = 4;
const maxCharacters = 1024 ** 2;

/** The variables of other caches that the workspace's files name. */
export function findWorkspaceVariables(tree: Tree): FoundVariable[] {
  const files = [
    ...tree
      .children('.')
      .filter((name) => rootFile.test(name) && !skipped.test(name) && tree.isFile(name)),
    ...folders.flatMap((folder) => filesIn(tree, folder, maxDepth)),
  ];
  return files.sort().flatMap((file) => {
    const text = tree.read(file, 'utf-8') ?? '';
    return text.length > maxCharacters ? [] : findVariables(file, text);
  });
}

function filesIn(tree: Tree, folder: string, depth: number): string[] {
  if (depth === 0 || !tree.exists(folder)) return [];
  return tree.children(folder).flatMap((name) => {
    const path = posix.join(folder, name);
    return tree.isFile(path) ? [path] : filesIn(tree, path, depth - 1);
  });
}
