import {
  type CacheMode,
  createNodesV2,
  type LarderOptions,
  name,
  postTasksExecution,
  preTasksExecution,
} from '@larder/nx';
import { type CachedResult, type FolderCache, getRemoteCache } from '@larder/nx/fast-lane';
// What `require` gives, as Nx 16 to 20 load a tasks runner.
import runner = require('@larder/nx');

const mode: CacheMode = 'read';
const options: LarderOptions = { url: 'https://cache.example.com', mode };
const context = { workspaceRoot: '/', nxJsonConfiguration: {} };

const folders: FolderCache | null = getRemoteCache();

export async function restore(): Promise<CachedResult | null> {
  await folders?.store('1', '/cache', null, 0);
  return (await folders?.retrieve('1', '/cache')) ?? null;
}

export function findProjects(): readonly never[] {
  const [, createNodes] = createNodesV2;
  return createNodes();
}

export async function run(): Promise<string> {
  await preTasksExecution(options, context);
  await postTasksExecution(options, { ...context, taskResults: {} });
  await runner.default([], { ...options }, { nxJson: {} });
  return name;
}
