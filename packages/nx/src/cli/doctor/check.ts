import type { CliWorkspace } from '../workspace/open-workspace.ts';
import type { ResolvedOptions } from '../../options/larder-options.ts';
import type { ServerContact } from './contact-server.ts';

/** What is looked at. Null: it could not be found out, and the check for that says why. */
export interface DoctorFacts {
  readonly workspace: CliWorkspace;
  readonly options: ResolvedOptions | null;
  /** What was wrong with the options. */
  readonly optionsError: unknown;
  readonly dataDirectory: string | null;
  readonly dataDirectoryError: unknown;
  /** Null when there is nothing to ask it with. */
  readonly contact: ServerContact | null;
}

export interface Finding {
  readonly result: 'ok' | 'warning' | 'problem' | 'skipped';
  /** A sentence on what is there. */
  readonly message: string;
  /** A sentence on what to do; null when there is nothing. */
  readonly remedy: string | null;
  /** Listed in docs/errors.md, where there was an error. */
  readonly code: string | null;
}

export interface Check {
  /** Stable, for scripts. */
  readonly id: string;
  readonly title: string;
  readonly examine: (facts: DoctorFacts) => Finding | Promise<Finding>;
}

export function ok(message: string): Finding {
  return { result: 'ok', message, remedy: null, code: null };
}

export function skipped(message: string): Finding {
  return { result: 'skipped', message, remedy: null, code: null };
}

export function warning(message: string, remedy: string, code: string | null = null): Finding {
  return { result: 'warning', message, remedy, code };
}

export function problem(message: string, remedy: string, code: string | null = null): Finding {
  return { result: 'problem', message, remedy, code };
}
