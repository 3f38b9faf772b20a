/** What the S3 client throws, in Kiln's words. */
import { KilnError } from '../../errors.ts';

interface S3Failure {
  readonly name: string;
  /** The service's answer; 0 where there was none. */
  readonly status: number;
  readonly text: string;
}

function failureOf(error: unknown): S3Failure {
  const { name, message, $metadata } = error as {
    name?: unknown;
    message?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  return {
    name: typeof name === 'string' ? name : 'Error',
    status: $metadata?.httpStatusCode ?? 0,
    text: typeof message === 'string' && message !== '' ? message : String(name),
  };
}

/** Whether the service answered that there is no such object (a `HEAD` has no body to name it in). */
export function isNoObject(error: unknown): boolean {
  const { name, status } = failureOf(error);
  return name === 'NoSuchKey' || (status === 404 && name !== 'NoSuchBucket');
}

export function isNoBucket(error: unknown): boolean {
  return failureOf(error).name === 'NoSuchBucket';
}

/** Whether the content is still the version that the question named; also of an error that was put in our words. */
export function isUnchanged(error: unknown): boolean {
  const said = error instanceof KilnError ? error.cause : error;
  return said instanceof Error && failureOf(said).status === 304;
}

/** Whether somebody else made the bucket first. */
export function isBucketThere(error: unknown): boolean {
  return ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'].includes(failureOf(error).name);
}

/** @returns a KilnError `storage.*`; an error of ours unchanged. */
export function toS3Error(error: unknown, host: string): KilnError {
  if (error instanceof KilnError) return error;
  const { name, status, text } = failureOf(error);
  const said = status === 0 ? text : `${status} ${name}: ${text}`;
  if (status === 507) {
    return new KilnError('storage.full', `The S3 service at ${host} is full (${said}).`, {
      cause: error,
    });
  }
  // Nothing between: refused connections, timeouts, and a service that is in trouble itself.
  if (status === 0 && name !== 'CredentialsProviderError') {
    return new KilnError(
      'storage.unreachable',
      `The S3 service at ${host} does not answer: ${said}.`,
      { cause: error },
    );
  }
  if (status >= 500 || status === 429) {
    return new KilnError('storage.unreachable', `The S3 service at ${host} fails (${said}).`, {
      cause: error,
    });
  }
  return new KilnError('storage.refused', `The S3 service at ${host} refuses (${said}).`, {
    cause: error,
  });
}
