// An executor that can do many tasks in one process: Nx calls `batch` with NX_BATCH_MODE=true.
const { spawnSync } = require('node:child_process');

function produce(project, root) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['tools/produce-outputs.mjs', project],
    { cwd: root, encoding: 'utf8' },
  );
  return { success: status === 0, terminalOutput: `${stdout}${stderr}` };
}

exports.default = ({ project }, context) => Promise.resolve(produce(project, context.root));

exports.batch = (taskGraph, inputs, _overrides, context) => {
  const results = {};
  const done = new Set();
  const run = (id) => {
    // Newer versions of Nx list what lies outside of the batch as well.
    if (done.has(id) || taskGraph.tasks[id] === undefined) return;
    done.add(id);
    for (const dependency of taskGraph.dependencies[id] ?? []) run(dependency);
    results[id] = produce(inputs[id].project, context.root);
  };
  Object.keys(taskGraph.tasks).forEach(run);
  return Promise.resolve(results);
};
