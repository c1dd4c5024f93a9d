import { stripVTControlCharacters } from 'node:util';

/** A line with which Nx starts the output of a task: `> nx run site:build  [remote cache]`. */
const TASK_HEADER = /^> nx run ([^:]+):build(?:\s+\[.*\])?$/;

/** A line with which Nx starts its summary: ` NX   Successfully …`, before Nx 18 ` >  NX   …`. */
const SUMMARY_HEADER = /^\s*(?:>\s+)?NX\s/;

/**
 * Splits what `nx run-many --output-style=static` printed into the output of each project's task,
 * without colours, empty lines and Nx's own words around it.
 */
export function splitTerminalOutput(stdout: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  let current: string | null = null;
  for (const line of stripVTControlCharacters(stdout)
    .split('\n')
    .map((text) => text.trimEnd())) {
    const header = TASK_HEADER.exec(line);
    if (header?.[1] !== undefined) {
      current = header[1];
      outputs[current] = '';
    } else if (SUMMARY_HEADER.test(line)) {
      current = null;
    } else if (current !== null && line !== '') {
      outputs[current] = `${outputs[current] ?? ''}${line}\n`;
    }
  }
  return outputs;
}
