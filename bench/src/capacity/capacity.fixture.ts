import { type CapacityAssumptions, DEFAULT_ASSUMPTIONS } from './assumptions.ts';
import { type ClusterCosts, type MeasuredCosts, type ServiceTimes } from './service-times.ts';

/** Costs whose sums can be made in one's head. */
export const someCosts: MeasuredCosts = {
  requestCpuMs: 0.1,
  download: [
    { sizeBytes: 1_000, cpuMs: 0.2 },
    { sizeBytes: 1_000_000, cpuMs: 1.2 },
  ],
  upload: [
    { sizeBytes: 1_000, cpuMs: 1 },
    { sizeBytes: 1_000_000, cpuMs: 3 },
  ],
  rssMb: 120,
};

export const someClusterCosts: ClusterCosts = {
  database: {
    readMs: 0.5,
    writeMs: 3.5,
    replicaCpuMs: 0.2,
    readCpuMs: 0.1,
    writeCpuMs: 0.3,
    rowBytes: 1_000,
  },
  bucket: { downloadCpuMs: 1, downloadCpuMsPerMb: 4, uploadCpuMs: 2, uploadCpuMsPerMb: 6 },
};

/** Of machines on which a thousand developers keep several replicas busy. */
export const slowCosts: MeasuredCosts = {
  ...someCosts,
  requestCpuMs: 10,
  download: someCosts.download.map((point) => ({ ...point, cpuMs: 20 + 20 * point.cpuMs })),
  upload: someCosts.upload.map((point) => ({ ...point, cpuMs: 20 + 20 * point.cpuMs })),
};

/** Every artifact of the same size, everybody at work, and all of it in one hour. */
export const plainAssumptions: CapacityAssumptions = {
  ...DEFAULT_ASSUMPTIONS,
  activeShare: 1,
  people: inHourNine({ ...DEFAULT_ASSUMPTIONS.people, commandsPerDay: 10, tasksPerCommand: 10 }),
  ci: inHourNine({ ...DEFAULT_ASSUMPTIONS.ci, commandsPerDay: 5, tasksPerCommand: 20 }),
  artifacts: { medianBytes: 1_000_000, meanBytes: 1_000_000 },
};

/** A server for which nothing takes time but a core, a millisecond for each piece. */
export const onlyCpu: ServiceTimes = {
  requestCpuMs: 1,
  downloadCpuMs: () => 2,
  uploadCpuMs: () => 2,
  statementCpuMs: 0,
  readMs: 0,
  writeMs: 0,
  connections: 1,
  firstByteMs: 0,
  storedMs: 0,
  rssMb: 100,
};

function inHourNine<P extends CapacityAssumptions['people']>(population: P): P {
  return {
    ...population,
    activityByHour: Array.from({ length: 24 }, (_, at) => (at === 9 ? 1 : 0)),
  };
}
