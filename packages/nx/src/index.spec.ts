import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import runTasks, { name, postTasksExecution, preTasksExecution } from './index.ts';

const entryFile = join(__dirname, '../dist/index.js');

/** The files of the package that a new process has loaded after `script`. */
function loadedFiles(script: string): string[] {
  const source = `
    const plugin = require(process.argv[1]);
    ${script};
    setImmediate(() => console.log(JSON.stringify(Object.keys(require.cache))));
  `;
  const output = execFileSync(process.execPath, ['-e', source, entryFile], { encoding: 'utf8' });
  return JSON.parse(output) as string[];
}

describe('the package', () => {
  it('is a tasks runner and a pair of hooks', () => {
    expect(name).toBe('@larder/nx');
    const doors = [runTasks, preTasksExecution, postTasksExecution];
    expect(doors.map((door) => typeof door)).toEqual(['function', 'function', 'function']);
  });

  it('loads no more than its entry when Nx loads it', () => {
    expect(loadedFiles('')).toEqual([entryFile]);
  });

  it('loads the hooks while Nx works on its project graph, to which it adds nothing', () => {
    const script = 'if (plugin.createNodesV2[1]([]).length > 0) throw new Error("projects")';
    const names = loadedFiles(script).map((file) =>
      file.slice(entryFile.length - 'index.js'.length),
    );
    expect(names).toContain('doors/hooks-door.js');
    expect(names).not.toContain('doors/runner-door.js');
  });
});
