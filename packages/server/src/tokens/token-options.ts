import { z } from 'zod';
import { isArtifactScope, type ArtifactScope } from '../trust/artifact-scope.ts';

export const MAX_TEAM_LENGTH = 256;

const scopeSchema = z.custom<ArtifactScope>(
  (value) => typeof value === 'string' && isArtifactScope(value),
  'must be "trusted" or "isolated:<name>"',
);

export const tokenSchema = z
  .strictObject({
    token: z
      .string('must be text')
      .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without spaces')
      .optional(),
    sha256: z
      .string('must be text')
      .regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hex digits')
      .optional(),
    teams: z
      .array(z.string('must be text').max(MAX_TEAM_LENGTH), 'must be a list of team names')
      .min(1, 'must name a team, or be left out for every team')
      .optional(),
    access: z.enum(['read', 'read-write'], 'must be "read" or "read-write"'),
    scope: scopeSchema.optional(),
    expiresAt: z.iso
      .datetime({ offset: true, error: 'must be a date and time such as 2027-01-31T00:00:00Z' })
      .optional(),
    label: z.string('must be text').trim().min(1, 'must not be empty').max(100).optional(),
  })
  .refine(
    ({ token, sha256 }) => (token === undefined) !== (sha256 === undefined),
    'must have either "token" or "sha256"',
  );
