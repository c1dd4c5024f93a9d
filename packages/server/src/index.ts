export { createServer, type LarderServer } from './create-server.ts';
export { type LarderErrorDetails, LarderError, isLarderError } from './errors/larder-error.ts';
export { ERROR_CODES, type ServerErrorCode } from './errors/error-codes.ts';
export type { MetricsAccess } from './metrics/metrics-access.ts';
export type {
  GithubActionsIssuer,
  GitlabIssuer,
  OidcIssuer,
  OidcRule,
  OidcRuleIssuer,
} from './oidc/oidc-issuer.ts';
export type { LogLevel, ServerOptions } from './options/server-options.ts';
export type { S3Encryption, S3Options } from './storage/s3/s3-options.ts';
export type { ServerToken, TokenAccess } from './tokens/server-token.ts';
export type { ArtifactScope } from './trust/artifact-scope.ts';
