/** What an S3 server's silence and its refusals mean. */
import { S3ServiceException } from '@aws-sdk/client-s3';

/** The server gave no answer: it is not there, refuses connections, or broke off. Worth trying again later. */
export class StoreUnreachable extends Error {
  override readonly name = 'StoreUnreachable';
  readonly endpoint: string;

  constructor(endpoint: string, cause: Error) {
    super(`no answer from the S3 store at ${endpoint}: ${reason(cause)}`, { cause });
    this.endpoint = endpoint;
  }
}

/** The server takes nothing more until somebody makes room. Worth trying again later: what it has is intact. */
export class StoreFull extends Error {
  override readonly name = 'StoreFull';
  readonly endpoint: string;

  constructor(endpoint: string, cause: Error) {
    super(`the S3 store at ${endpoint} is full: ${cause.message}`, { cause });
    this.endpoint = endpoint;
  }
}

/** What S3 servers on a disk of their own answer when it is full. */
export const INSUFFICIENT_STORAGE = 507;

export function hasStatus(error: unknown, status: number): error is S3ServiceException {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}

/** Node's network errors carry a `code` such as ECONNREFUSED; time limits throw `TimeoutError` or `AbortError`. */
export function isUnanswered(error: Error): boolean {
  if (error instanceof S3ServiceException) return false;
  return (
    ['TimeoutError', 'AbortError'].includes(error.name) ||
    /^(E[A-Z]+|EAI_AGAIN)$/.test(String((error as NodeJS.ErrnoException).code))
  );
}

/** A host name with several addresses fails with an `AggregateError`, whose own message is empty. */
function reason(error: Error): string {
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name);
}
