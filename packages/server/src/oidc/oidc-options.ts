import { z } from 'zod';
import { MAX_TEAM_LENGTH } from '../tokens/token-options.ts';
import { problemOfIssuerUrl } from './issuer-url.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import { GITHUB_ISSUER, GITLAB_ISSUER } from './presets.ts';
import { problemOfScope } from './scope-template.ts';

const MAX_TOKEN_LIFETIME_MS = 24 * 60 * 60 * 1000;
const LIFETIME_MESSAGE = `must be a whole number from 1000 to ${MAX_TOKEN_LIFETIME_MS}`;

/**
 * Everybody can have jobs with these issuers. A rule that names no id would let strangers in, and
 * so would a name that its owner has given away.
 */
const IDS_OF_SHARED_ISSUERS: Readonly<Record<string, readonly string[]>> = {
  [GITHUB_ISSUER]: ['repository_id', 'repository_owner_id', 'enterprise_id'],
  [GITLAB_ISSUER]: ['project_id', 'namespace_id'],
};

const textSchema = z.string('must be text').min(1, 'must not be empty').max(1000, 'is too long');
const urlSchema = textSchema.superRefine(checkWith(problemOfIssuerUrl));
const patternsSchema = z
  .array(textSchema, 'must be a list of texts')
  .min(1, 'must not be an empty list');
const idsSchema = z
  .array(
    z.string('must be text').regex(/^\d+$/, 'must be digits: the id, not the name'),
    'must be a list of ids in digits',
  )
  .min(1, 'must name an id');
const teamsSchema = z
  .array(z.string('must be text').max(MAX_TEAM_LENGTH), 'must be a list of team names')
  .min(1, 'must name a team, or be left out for every team')
  .optional();

const ruleSchema = z.strictObject(
  {
    claims: z
      .record(z.string(), z.union([textSchema, patternsSchema], 'must be text or a list of texts'))
      .refine((claims) => Object.keys(claims).length > 0, 'must name a claim'),
    access: z.enum(['read', 'read-write'], 'must be "read" or "read-write"'),
    scope: z.string('must be text').superRefine(checkWith(problemOfScope)),
    teams: teamsSchema,
  },
  'must be an object',
);

const commonKeys = {
  audience: textSchema,
  jwksUri: urlSchema.optional(),
  tokenLifetimeMs: z
    .int(LIFETIME_MESSAGE)
    .min(1000, LIFETIME_MESSAGE)
    .max(MAX_TOKEN_LIFETIME_MS, LIFETIME_MESSAGE)
    .optional(),
};

const presetKeys = {
  ...commonKeys,
  issuer: urlSchema.optional(),
  trustedRefs: patternsSchema.optional(),
  teams: teamsSchema,
};

const ruleIssuerSchema = z
  .strictObject({
    ...commonKeys,
    preset: z.undefined().optional(),
    issuer: urlSchema,
    rules: z.array(ruleSchema, 'must be a list').min(1, 'must not be an empty list'),
  })
  .superRefine(({ issuer, rules }, context) => {
    const ids = IDS_OF_SHARED_ISSUERS[issuer.replace(/\/+$/, '')];
    if (ids === undefined) return;
    rules.forEach(({ claims }, index) => {
      const isOurs = ids.some((id) =>
        [claims[id] ?? []].flat().some((pattern) => !pattern.includes('*')),
      );
      if (isOurs) return;
      context.addIssue({
        code: 'custom',
        path: ['rules', index, 'claims'],
        message: `must name ${ids.join(' or ')} without "*": everybody has jobs with this issuer`,
      });
    });
  });

const issuerSchema = z.discriminatedUnion(
  'preset',
  [
    ruleIssuerSchema,
    z.strictObject({
      ...presetKeys,
      preset: z.literal('github-actions'),
      repositoryIds: idsSchema,
      repositoryOwnerIds: idsSchema,
    }),
    z.strictObject({ ...presetKeys, preset: z.literal('gitlab'), projectIds: idsSchema }),
  ],
  {
    error: ({ input }) =>
      typeof input === 'object' && input !== null && !Array.isArray(input)
        ? 'must be "github-actions" or "gitlab", or be left out'
        : 'must be an object',
  },
);

/** Option `oidc`, as it stands in the config file. */
export const oidcSchema: z.ZodType<OidcIssuer[]> = z
  .array(issuerSchema, 'must be a list')
  .superRefine((issuers, context) => {
    const addresses = new Map<string, string | undefined>();
    issuers.forEach((entry, index) => {
      const issuer = issuerOf(entry);
      if (addresses.has(issuer) && addresses.get(issuer) !== entry.jwksUri) {
        context.addIssue({
          code: 'custom',
          path: [index, 'jwksUri'],
          message: 'must be the same in every entry of an issuer',
        });
      }
      addresses.set(issuer, entry.jwksUri);
    });
  });

/** The issuer of an entry, also where that is left to its preset. */
export function issuerOf({ preset, issuer }: OidcIssuer): string {
  if (issuer !== undefined) return issuer;
  return preset === 'gitlab' ? GITLAB_ISSUER : GITHUB_ISSUER;
}

function checkWith(problemOf: (text: string) => string | null) {
  return (text: string, context: z.RefinementCtx<string>): void => {
    const problem = problemOf(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  };
}
