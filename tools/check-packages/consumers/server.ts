import {
  type ArtifactScope,
  createServer,
  ERROR_CODES,
  type GithubActionsIssuer,
  type GitlabIssuer,
  isLarderError,
  LarderError,
  type LarderErrorDetails,
  type LarderServer,
  type LogLevel,
  type MetricsAccess,
  type OidcIssuer,
  type OidcRule,
  type OidcRuleIssuer,
  type S3Encryption,
  type S3Options,
  type ServerErrorCode,
  type ServerOptions,
  type ServerToken,
  type TokenAccess,
} from '@larder/server';

const access: TokenAccess = 'read';
const scope: ArtifactScope = 'isolated:pull-requests';
const tokens: ServerToken[] = [{ token: 'secret', access, scope, teams: ['team'] }];
const audience = 'https://cache.example.com';
const github: GithubActionsIssuer = {
  preset: 'github-actions',
  audience,
  repositoryIds: ['1'],
  repositoryOwnerIds: ['2'],
};
const gitlab: GitlabIssuer = { preset: 'gitlab', audience, projectIds: ['3'] };
const rule: OidcRule = { claims: { job: 'build' }, access, scope: 'isolated:{job}' };
const own: OidcRuleIssuer = { issuer: 'https://ci.example.com', audience, rules: [rule] };
const oidc: OidcIssuer[] = [github, gitlab, own];
const logLevel: LogLevel = 'silent';
const metricsAccess: MetricsAccess = 'public';
const serverSideEncryption: S3Encryption = 'AES256';
const s3: S3Options = { bucket: 'larder', serverSideEncryption };
const options: ServerOptions = { port: 0, tokens, oidc, logLevel, metricsAccess, s3 };

export async function serve(): Promise<string> {
  const server: LarderServer = await createServer(options);
  const url: string = await server.listen();
  await server.close();
  return url;
}

export function fail(error: unknown): LarderError {
  const code: ServerErrorCode = 'LARDER_SERVER_LISTEN_FAILED';
  const details: LarderErrorDetails = { hint: 'Choose another port.', cause: error };
  return isLarderError(error) ? error : new LarderError(code, ERROR_CODES[code], details);
}
