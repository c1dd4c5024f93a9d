import { type ArtifactSizes } from './assumptions.ts';

/** Beyond this many deviations nothing is left that would count. */
const REACH = 9;
const STEPS = 1_800;

/** Mean and median of a log-normal spread tell how wide it is. */
export function deviationOf({ medianBytes, meanBytes }: ArtifactSizes): number {
  return Math.sqrt(2 * Math.log(meanBytes / medianBytes));
}

/** The size that lies `deviations` above or below the median. */
export function sizeAt(sizes: ArtifactSizes, deviations: number): number {
  return sizes.medianBytes * Math.exp(deviations * deviationOf(sizes));
}

/** The mean of something that depends on the size of an artifact. */
export function expectedOverSizes(
  sizes: ArtifactSizes,
  valueOf: (sizeBytes: number) => number,
): number {
  const step = (2 * REACH) / STEPS;
  let sum = 0;
  let weights = 0;
  for (let index = 0; index <= STEPS; index += 1) {
    const deviations = -REACH + index * step;
    const weight = Math.exp(-(deviations ** 2) / 2);
    sum += weight * valueOf(sizeAt(sizes, deviations));
    weights += weight;
  }
  return sum / weights;
}
