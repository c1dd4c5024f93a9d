import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { memoryFolder } from './memory-folder.ts';

const PIECE = Buffer.alloc(8 * 1024 ** 2, 'larder');

/**
 * Makes the machine have memory at hand, by writing a file in memory and removing it. A virtual
 * machine may give free memory back to its host, and what gets it again pays for every page: filling
 * the system's cache with 100 MB took 290 ms of CPU instead of 90, in some rounds and not in others.
 * It is soon given back again, so this has to come right before what is measured.
 */
export function claimMemory(bytes: number): void {
  const folder = mkdtempSync(join(memoryFolder(), 'larder-bench-'));
  try {
    const file = openSync(join(folder, 'claimed-memory'), 'w');
    try {
      for (let left = bytes; left > 0; left -= PIECE.length) {
        writeSync(file, PIECE, 0, Math.min(left, PIECE.length));
      }
    } finally {
      closeSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
