export interface ServerStart {
  url: string;
  /** Only a token that this server created itself. */
  token: string | null;
  /** Null where nothing is kept in a folder. */
  dataDirectory: string | null;
  pid: number;
  version: string;
}

/** One line of JSON for programs that start the server. */
export function formatStartLine({ url, token, dataDirectory, pid }: ServerStart): string {
  const optional = {
    ...(token === null ? {} : { token }),
    ...(dataDirectory === null ? {} : { dataDirectory }),
  };
  return `${JSON.stringify({ url, ...optional, pid })}\n`;
}

/** What a person sees: where the server is and the lines to paste. */
export function formatStartMessage({ url, token, dataDirectory, version }: ServerStart): string {
  const shownToken = token ?? '<token>';
  return `larder-server ${version}

  URL    ${url}
  token  ${token ?? 'as configured'}
  data   ${dataDirectory ?? 'in the bucket and the database'}

For a shell, to use @larder/nx:
  export LARDER_URL=${url} LARDER_TOKEN=${shownToken}
In nx.json, Nx 20.8 and later:
  ${JSON.stringify({ plugins: [{ plugin: '@larder/nx', options: { url } }] })}
In nx.json, Nx 16 to 20:
  ${JSON.stringify({ tasksRunnerOptions: { default: { runner: '@larder/nx', options: { url } } } })}

For Nx 20.8 and later without the plugin:
  export NX_SELF_HOSTED_REMOTE_CACHE_SERVER=${url} NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN=${shownToken}
For Turborepo:
  export TURBO_API=${url} TURBO_TOKEN=${shownToken} TURBO_TEAM=larder

Stop with Ctrl-C.
`;
}
