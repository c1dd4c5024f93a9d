import {
  type CacheMode,
  type LarderOptions,
  name,
  postTasksExecution,
  preTasksExecution,
} from '@larder/nx';
// What `require` gives, as Nx 16 to 20 load a tasks runner.
import runner = require('@larder/nx');

const mode: CacheMode = 'read';
const options: LarderOptions = { url: 'https://cache.example.com', mode };
const context = { workspaceRoot: '/', nxJsonConfiguration: {} };

export async function run(): Promise<string> {
  await preTasksExecution(options, context);
  await postTasksExecution(options, { ...context, taskResults: {} });
  await runner.default([], { ...options }, { nxJson: {} });
  return name;
}
