export type {
  Artifact,
  ArtifactBody,
  ArtifactMetadata,
  ArtifactsClient,
  ArtifactsClientOptions,
  BreakerOptions,
  CachingStatus,
  ClientEnvironment,
  GetToFileOptions,
  PutOptions,
  RequestOptions,
} from './artifacts-client.ts';
export { fileBody } from './artifact-body/file-body.ts';
export { createArtifactsClient } from './create-artifacts-client.ts';
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
