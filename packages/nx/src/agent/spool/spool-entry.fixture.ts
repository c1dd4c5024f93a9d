import type { SpoolEntry } from './spool-entry.ts';

/** A complete description; the tests say what matters to them. */
export function spoolEntry(overrides: Partial<SpoolEntry> = {}): SpoolEntry {
  return {
    id: 'entry',
    runId: 'run',
    agentPid: process.pid,
    upstream: { url: 'https://cache.example.com', teamId: null, slug: null, credential: 'c' },
    taskHash: '123',
    artifactHash: 'abc',
    durationMs: 1000,
    isHeld: false,
    createdAt: Date.UTC(2026, 0, 1),
    content: { kind: 'body', sizeBytes: 5 },
    ...overrides,
  };
}
