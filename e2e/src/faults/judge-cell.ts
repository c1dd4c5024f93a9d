import { isDeepStrictEqual } from 'node:util';

import { larderLines, lastingLines, warningLines } from '../workspace/larder-lines.ts';
import { type Observation } from './build-from-scratch.ts';
import { type FaultObservation } from './build-on-stage.ts';
import { type Fault, type Warning } from './fault.ts';
import { median } from './median.ts';
import { type Setup } from './setup.ts';

/** How much longer than without the plugin a build may take when the cache is in trouble. */
export const MAX_DELAY_MS = 3_000;

/** One fault on one version of Nx. */
export interface Cell {
  readonly fault: string;
  readonly setup: Setup;
  readonly exitCodes: readonly (number | null)[];
  readonly areOutputsRight: boolean;
  /** How much longer than without the plugin it took, by the medians. */
  readonly addedMs: number;
  /** Whether that is more than the fault may cost. */
  readonly isSlow: boolean;
  /** Codes of the warnings of all builds. */
  readonly warnings: readonly string[];
  /** What is not as it must be; none when the cell is good. */
  readonly problems: readonly string[];
}

export interface CellInput {
  readonly fault: Fault;
  readonly setup: Setup;
  readonly observations: readonly FaultObservation[];
  /** The same builds without the plugin. */
  readonly baseline: readonly Observation[];
}

export function judgeCell({ fault, setup, observations, baseline }: CellInput): Cell {
  const [first] = baseline;
  if (first === undefined) throw new Error('There is nothing to compare with.');
  const areOutputsRight =
    fault.isInterrupted === true ||
    observations.every(({ outputs }) => isDeepStrictEqual(outputs, first.outputs));
  const durations = (of: readonly Observation[]) => of.map(({ build }) => build.durationMs);
  const addedMs = median(durations(observations)) - median(durations(baseline));
  const isSlow = addedMs > MAX_DELAY_MS + (fault.lastsMs ?? 0);
  const expected = typeof fault.warning === 'function' ? fault.warning(setup) : fault.warning;
  return {
    fault: fault.name,
    setup,
    exitCodes: observations.map(({ build }) => build.exitCode),
    areOutputsRight,
    addedMs,
    isSlow,
    warnings: [
      ...new Set(observations.flatMap(({ build }) => warningLines(build.output).map(codeOf))),
    ],
    problems: [
      ...observations.flatMap((observation) => [
        ...observation.problems,
        ...problemsOfExit(observation, first),
        ...problemsOfTasks(fault, observation, first),
        ...problemsOfWarnings(expected, observation),
        ...problemsOfReport(fault, observation),
      ]),
      ...(areOutputsRight ? [] : ['The outputs are not those of a build without the plugin.']),
      ...(isSlow ? [`It took ${Math.round(addedMs)} ms longer.`] : []),
    ],
  };
}

function problemsOfExit({ build }: Observation, { build: without }: Observation): string[] {
  if (build.exitCode === without.exitCode) return [];
  const codes = `${String(build.exitCode)} instead of ${String(without.exitCode)}`;
  return [`It ended with ${codes}.\n${build.output}`];
}

function problemsOfTasks(
  { executed }: Fault,
  { build }: Observation,
  { build: without }: Observation,
): string[] {
  if (executed === 'any') return [];
  const some = executed === 'none' ? [] : executed;
  const expected = some === 'all' ? without.executed : some;
  if (isDeepStrictEqual(build.executed, expected)) return [];
  return [`These tasks ran: ${build.executed.join(', ')}; expected: ${expected.join(', ')}.`];
}

function problemsOfWarnings(expected: Warning | null, { build }: Observation): string[] {
  const warnings = warningLines(build.output);
  const isRight =
    expected === null
      ? warnings.length === 0
      : warnings.length === 1 &&
        warnings.every((line) => expected.problem.test(line) && expected.remedy.test(line));
  return isRight ? [] : [`Its warnings are wrong:\n${warnings.join('\n') || '(none)'}`];
}

/** Besides warnings there is at most the report, in one line. */
function problemsOfReport(
  { says, isInterrupted, mayBeSilent }: Fault,
  { build }: Observation,
): string[] {
  const warnings = warningLines(build.output);
  const others = lastingLines(build.output).filter((line) => !warnings.includes(line));
  const problems: string[] = [];
  if (others.length > 1) problems.push(`It says too much:\n${others.join('\n')}`);
  if (says && !others.some((line) => says.test(line))) {
    problems.push(`It does not say ${String(says)}:\n${others.join('\n') || '(nothing)'}`);
  }
  const mayEndWithout = isInterrupted === true || mayBeSilent !== undefined;
  if (!mayEndWithout && larderLines(build.output).length === 0) {
    problems.push('It says nothing at all.');
  }
  return problems;
}

function codeOf(warning: string): string {
  return /\((LARDER_\w+)\)$/.exec(warning)?.[1] ?? warning;
}
