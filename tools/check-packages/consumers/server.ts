import {
  createServer,
  ERROR_CODES,
  isLarderError,
  LarderError,
  type LarderErrorDetails,
  type LarderServer,
  type LogLevel,
  type ServerErrorCode,
  type ServerOptions,
  type ServerToken,
  type TokenAccess,
} from '@larder/server';

const access: TokenAccess = 'read';
const tokens: ServerToken[] = [{ token: 'secret', access, teams: ['team'] }];
const logLevel: LogLevel = 'silent';
const options: ServerOptions = { port: 0, tokens, logLevel };

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
