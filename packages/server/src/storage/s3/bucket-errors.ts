// What the SDK throws, told apart by its shape: the classes are those of one version of one package.

/** Whether there is no such object, which is something else than that there is no such bucket. */
export function isAbsent(error: unknown): boolean {
  const { name, $metadata } = shapeOf(error);
  return $metadata?.httpStatusCode === 404 && name !== 'NoSuchBucket' && name !== 'NoSuchUpload';
}

/** Whether there is no such multipart upload: it was completed or given up. */
export function isUploadGone(error: unknown): boolean {
  return shapeOf(error).name === 'NoSuchUpload';
}

/** What has gone wrong, in words; those of the SDK may be none, or "UnknownError". */
export function reasonOf(error: unknown): string {
  const { name, message = '', code, $metadata } = shapeOf(error);
  if (message !== '' && message !== 'UnknownError' && message !== name) return message;
  const status = $metadata?.httpStatusCode;
  if (status !== undefined) return `the bucket answers with ${status}`;
  return code ?? name ?? String(error);
}

interface ErrorShape {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

function shapeOf(error: unknown): ErrorShape {
  return typeof error === 'object' && error !== null ? error : {};
}
