import { LarderError } from '@larder/client/errors';
import type { PluginErrorCode } from './error-codes.ts';

/** A `LarderError` whose code is checked against the plugin's table. */
export function pluginError(
  code: PluginErrorCode,
  message: string,
  details: { readonly hint: string; readonly cause?: unknown },
): LarderError {
  return new LarderError({ code, message, ...details });
}
