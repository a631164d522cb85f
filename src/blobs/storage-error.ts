import { ApiError } from '../errors.ts';

/** What the disk may answer, in words for whoever reads the reply or the log. */
const REASONS: Record<string, string> = {
  ENOSPC: 'the storage is full',
  EDQUOT: 'the storage quota is used up',
  EFBIG: 'the file is larger than the storage takes',
  EROFS: 'the storage is read-only',
  EIO: 'the storage cannot be read or written',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/**
 * The storage cannot take or give bytes just now: 503 with the reason, and the client may come again.
 * Nothing half-written is left, and nothing acknowledged before is touched.
 */
export class StorageUnavailable extends ApiError {
  constructor(reason: string, cause: unknown) {
    super(503, { message: `503 Service Unavailable - ${reason}` });
    this.name = 'StorageUnavailable';
    this.cause = cause;
  }
}

/** A failure of the disk as StorageUnavailable; any other error as it is. */
export function storageError(error: unknown): unknown {
  const reason = REASONS[errorCode(error) ?? ''];
  return reason === undefined ? error : new StorageUnavailable(reason, error);
}

/** The system's name of what went wrong, as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
