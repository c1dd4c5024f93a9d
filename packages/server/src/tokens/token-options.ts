import { z } from 'zod';

export const MAX_TEAM_LENGTH = 256;

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
    label: z.string('must be text').trim().min(1, 'must not be empty').max(100).optional(),
  })
  .refine(
    ({ token, sha256 }) => (token === undefined) !== (sha256 === undefined),
    'must have either "token" or "sha256"',
  );
