/** What a store that speaks S3 means by its errors, in our words. */
import { S3ServiceException } from '@aws-sdk/client-s3';
import { KithError } from '@kith/protocol';

/** `NotFound`: as it answers when asked for the metadata alone, where there is no room for a name. */
const MISSING = ['NoSuchKey', 'NotFound', 'NoSuchUpload'];
/** MinIO, Ceph and others each have a name of their own for a full house. */
const FULL = /StorageFull|InsufficientStorage|QuotaExceeded|quota/i;

/** An object, not its whole bucket. */
export const isMissing = (error: unknown): boolean =>
  error instanceof S3ServiceException && MISSING.includes(error.name);

export const isOutOfRange = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.name === 'InvalidRange';

export function errorOfS3(error: unknown): KithError {
  if (error instanceof KithError) return error;
  if (isMissing(error)) return new KithError('not_found', { cause: error });
  if (isFull(error)) return new KithError('storage_full', { cause: error });
  return new KithError('unavailable', {
    message: 'The service cannot reach its store of files. Try again shortly.',
    cause: error,
  });
}

const isFull = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  (error.$metadata.httpStatusCode === 507 || FULL.test(error.name) || FULL.test(error.message));
