import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { removeTree } from '../archive/remove-tree.ts';

const pollIntervalMs = 10;
const patienceMs = 40_000;

/** Folders and whatever else a test opens, all of which `cleanUp` ends, the last one first. */
export interface TestBed {
  makeFolder(): string;
  onCleanUp(step: () => unknown): void;
  cleanUp(): Promise<void>;
}

export function createTestBed(): TestBed {
  const steps: (() => unknown)[] = [];
  return {
    makeFolder() {
      const folder = mkdtempSync(join(tmpdir(), 'larder-nx-'));
      steps.push(() => {
        removeTree(folder);
      });
      return folder;
    },
    onCleanUp(step) {
      steps.push(step);
    },
    async cleanUp() {
      const failures: unknown[] = [];
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await step();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'Cleaning up failed');
    },
  };
}

/**
 * Waits for a state that others reach by themselves.
 *
 * @param what completes "Waited in vain until …"
 */
export async function until(
  what: string,
  isReached: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await isReached())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await delay(pollIntervalMs);
  }
}

/** Something that happens when the test says so. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
