export type {
  Artifact,
  ArtifactBody,
  ArtifactEvent,
  ArtifactMetadata,
  ArtifactsClient,
  CachingStatus,
  GetToFileOptions,
  QueryOptions,
  PutOptions,
  QueryResult,
  RequestOptions,
} from './artifacts-client.ts';
export type {
  ArtifactsClientOptions,
  BreakerOptions,
  ClientEnvironment,
} from './client-options.ts';
export { bufferBody } from './artifact-body/buffer-body.ts';
export { fileBody } from './artifact-body/file-body.ts';
export { createArtifactsClient } from './create-artifacts-client.ts';
export {
  createEventRecorder,
  type EventRecorder,
  type EventRecorderOptions,
} from './events/create-event-recorder.ts';
export { CLIENT_ERRORS, type ClientErrorCode } from './errors/client-errors.ts';
export { isLarderError, LarderError, type LarderErrorInit } from './errors/larder-error.ts';
export {
  type ArtifactTagger,
  createArtifactTag,
  createArtifactTagger,
  type TagOptions,
} from './signature/create-artifact-tag.ts';
export {
  type ArtifactTagVerifier,
  createArtifactTagVerifier,
  verifyArtifactTag,
} from './signature/verify-artifact-tag.ts';
