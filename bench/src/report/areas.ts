import { type Area } from '../runner/bench.ts';

/** Sections of the page in their order. */
export const AREAS: Readonly<Record<Area, string>> = {
  archive: 'The archive',
  client: 'The client',
  server: 'The server',
  nx: 'With Nx',
  'start-up': 'Start-up',
  growth: 'Growth',
};
