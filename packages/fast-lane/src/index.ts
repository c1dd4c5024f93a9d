/** What Nx 20 to 24 expect of a package that stands where they look for a remote cache. */
export interface RemoteCache {
  /** Fills `<cacheDirectory>/<taskHash>`, or gives null for a miss. Never rejects. */
  retrieve(taskHash: string, cacheDirectory: string): Promise<CachedResult | null>;
  /** Takes what is in `<cacheDirectory>/<taskHash>`. Never rejects. */
  store(
    taskHash: string,
    cacheDirectory: string,
    terminalOutput: string,
    code: number,
  ): Promise<boolean>;
}

export interface CachedResult {
  readonly outputsPath: string;
  readonly terminalOutput: string;
  readonly code: number;
}

/**
 * Called by Nx when it looks for its remote cache. All the work is done by the plugin of the
 * workspace, whichever version of it is installed.
 *
 * @returns null when the plugin is not there or has nothing to do in this command: Nx then goes on
 * to its next cache. Never throws, for that would fail the command.
 */
export function getRemoteCache(): RemoteCache | null {
  try {
    const file = require.resolve('@larder/nx/fast-lane', { paths: [process.cwd(), __dirname] });
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- known only at run time
    return (require(file) as { getRemoteCache: () => RemoteCache | null }).getRemoteCache();
  } catch {
    // Without the plugin this package is as good as absent. With it, the plugin itself tells when
    // Nx has not come this way.
    return null;
  }
}
