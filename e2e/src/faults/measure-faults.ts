import { type Observation } from './build-from-scratch.ts';
import { type FaultObservation } from './build-on-stage.ts';
import { type Fault } from './fault.ts';
import { type SkippedCell } from './format-fault-table.ts';
import { type Cell, judgeCell } from './judge-cell.ts';
import { type Setup } from './setup.ts';
import { createTestStand, type TestStand } from './test-stand.ts';

/** Builds without the plugin come between the others, so that a slow moment hits both kinds. */
const FAULTS_PER_BASELINE = 4;

/** A fault that seems to take too long is looked at this often: the machine may have been busy. */
const MAX_OBSERVATIONS = 3;

/** When most faults seem to take too long, it is the machine that is slow, and stays so. */
const MAX_REPETITIONS = 6;

export type CellRow = Cell | SkippedCell;

export interface MeasureOptions {
  readonly setup: Setup;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/** Brings every fault about, in rounds, on one version of Nx. */
export async function measureFaults(
  faults: readonly Fault[],
  { setup, rounds, say }: MeasureOptions,
): Promise<CellRow[]> {
  const { nxVersion } = setup;
  const stand = await createTestStand(setup);
  try {
    const measurement = createMeasurement(stand);
    const possible = faults.filter(({ whyNot }) => (whyNot?.(nxVersion) ?? null) === null);
    for (let round = 1; round <= rounds; round++) {
      for (const [index, fault] of possible.entries()) {
        if (index % FAULTS_PER_BASELINE === 0) await measurement.observeWithout(false);
        await measurement.observe(fault);
        say(`  round ${round}: ${fault.name}: ${measurement.lastWord(fault)}`);
      }
    }
    const rows: CellRow[] = [];
    for (const fault of faults) {
      const reason = fault.whyNot?.(nxVersion) ?? null;
      rows.push(
        reason === null
          ? await measurement.judge(fault)
          : { fault: fault.name, setup, whyNot: reason },
      );
    }
    return rows;
  } finally {
    await stand.close();
  }
}

interface Measurement {
  readonly observeWithout: (isInterrupted: boolean) => Promise<void>;
  readonly observe: (fault: Fault) => Promise<void>;
  readonly judge: (fault: Fault) => Promise<Cell>;
  readonly lastWord: (fault: Fault) => string;
}

function createMeasurement(stand: TestStand): Measurement {
  const { setup } = stand;
  const finished: Observation[] = [];
  const interrupted: Observation[] = [];
  const observed = new Map<Fault, FaultObservation[]>();
  let repetitions = 0;

  const observationsOf = (fault: Fault): FaultObservation[] => {
    const observations = observed.get(fault) ?? [];
    observed.set(fault, observations);
    return observations;
  };
  const baselineOf = ({ isInterrupted }: Fault) =>
    isInterrupted === true ? interrupted : finished;

  async function observeWithout(isInterrupted: boolean): Promise<void> {
    const observation = await stand.buildWithout({ isInterrupted });
    (isInterrupted ? interrupted : finished).push(observation);
  }

  async function observe(fault: Fault): Promise<void> {
    if (fault.isInterrupted === true) await observeWithout(true);
    observationsOf(fault).push(await stand.buildWith(fault));
  }

  function judgeNow(fault: Fault): Cell {
    const observations = observationsOf(fault);
    return judgeCell({ fault, setup, observations, baseline: baselineOf(fault) });
  }

  return {
    observeWithout,
    observe,
    async judge(fault) {
      while (
        judgeNow(fault).isSlow &&
        observationsOf(fault).length < MAX_OBSERVATIONS &&
        repetitions < MAX_REPETITIONS
      ) {
        repetitions += 1;
        await observeWithout(false);
        await observe(fault);
      }
      return judgeNow(fault);
    },
    lastWord(fault) {
      const { exitCodes, addedMs, warnings, problems } = judgeNow(fault);
      const verdict = problems.length === 0 ? 'ok' : `FAILED ${problems.join(' ')}`;
      return [exitCodes.join(' '), `${Math.round(addedMs)} ms`, warnings.join(' '), verdict].join(
        ', ',
      );
    },
  };
}
