/** Objects in an S3 bucket, through the AWS SDK with its own retries and signatures. */
import type { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import {
  hasStatus,
  INSUFFICIENT_STORAGE,
  isUnanswered,
  StoreFull,
  StoreUnreachable,
} from './store-errors.ts';
import type { StorageSettings } from './storage-settings.ts';

/** What blobs, steps and runs need of a store. */
export type Objects = Pick<ObjectStore, 'put' | 'get' | 'read' | 'open' | 'size' | 'list' | 'delete'>;

/** An object that is read piece by piece. */
export interface OpenObject {
  /** Length of the body. */
  readonly bytes: number;
  /** In order; `StoreUnreachable` when the connection breaks. */
  readonly pieces: AsyncIterator<Uint8Array>;
  /** Ends the connection unless all pieces have come. */
  close(): void;
}

/** What must be true of a key for a write to happen. At most one is given. */
export interface Condition {
  /** There is no object yet. */
  readonly ifAbsent?: boolean;
  /** The object is still the one with this ETag. */
  readonly ifMatch?: string;
}

export interface Listed {
  readonly key: string;
  /** Length of the body. */
  readonly bytes: number;
  readonly modified: Date;
}

/** Three attempts with this limit each, and the pauses between them, stay below 10 s. */
const connectionTimeout = 2_500;
const attempts = 3;
/** A connection without traffic for so long is taken for dead; it must outlast the writing of a large object. */
const socketTimeout = 60_000;
/** Objects that are read side by side each hold a connection until all of them end: none may wait for a free one. */
const connections = { maxSockets: Infinity };

export class ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #endpoint: string;

  constructor(settings: StorageSettings) {
    const { bucket, ...client } = settings;
    this.#bucket = bucket;
    this.#endpoint = settings.endpoint ?? `s3.${settings.region}.amazonaws.com`;
    // The SDK's version is pinned, and this one supports Node 20: its notice about later ones is of no use to anyone.
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
    this.#client = new S3Client({
      ...client,
      maxAttempts: attempts,
      requestHandler: {
        connectionTimeout,
        socketTimeout,
        httpAgent: connections,
        httpsAgent: connections,
      },
      // Everything that is read is checked against its SHA-256 by the reader, who can say which object is damaged.
      responseChecksumValidation: 'WHEN_REQUIRED',
      // The signature covers the SHA-256 of what is written: another checksum would add nothing but time.
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
  }

  /**
   * Stores `body` under `key` and returns the object's ETag; null if `condition` is not met, and nothing has changed.
   * An answer may get lost and the request be repeated by the SDK: null may also mean that the first one has done it.
   * Errors of every method: `StoreUnreachable` without an answer, `StoreFull`, `S3ServiceException` for one that says no.
   *
   * @param sha256 of the body (hex), for the signature, where it is known already
   */
  async put(
    key: string,
    body: Uint8Array,
    condition: Condition = {},
    sha256?: string,
  ): Promise<string | null> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: body,
      ...(condition.ifAbsent && { IfNoneMatch: '*' }),
      ...(condition.ifMatch !== undefined && { IfMatch: condition.ifMatch }),
    });
    if (sha256 !== undefined) {
      // The signer takes this over, and does not go through the whole body once more.
      const known = { 'x-amz-content-sha256': sha256 };
      command.middlewareStack.add(
        (next) => (args) => {
          Object.assign((args.request as { headers: object }).headers, known);
          return next(args);
        },
        { step: 'build' },
      );
    }
    const isConditional = condition.ifAbsent === true || condition.ifMatch !== undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.#answer(() => this.#client.send(command))).ETag!;
      } catch (error) {
        if (isConditional && hasStatus(error, 412)) return null;
        // There is nothing left that could match.
        if (condition.ifMatch !== undefined && hasStatus(error, 404)) return null;
        // 409: another conditional write of this key was under way; S3 asks to repeat the request.
        if (!(isConditional && hasStatus(error, 409)) || attempt === attempts) throw error;
      }
    }
  }

  /** The object's body, or null if there is none. */
  async get(key: string): Promise<Uint8Array | null> {
    return (await this.read(key))?.body ?? null;
  }

  /** The object's body and ETag, or null if there is none. */
  async read(key: string): Promise<{ body: Uint8Array; etag: string } | null> {
    try {
      return await this.#answer(async () => {
        const { Body, ContentLength, ETag } = await this.#client.send(
          new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
        );
        return { body: await received(Body as Readable, ContentLength!), etag: ETag! };
      });
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return null;
      throw error;
    }
  }

  /** The object's body piece by piece, or null if there is none. */
  async open(key: string): Promise<OpenObject | null> {
    try {
      const { Body, ContentLength } = await this.#answer(() =>
        this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key })),
      );
      const body = Body as Readable;
      const pieces = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
      return {
        bytes: ContentLength!,
        pieces: { next: () => this.#answer(() => pieces.next()) },
        close: () => void body.destroy(),
      };
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return null;
      throw error;
    }
  }

  /** Length of the object's body in bytes, or null if there is none. */
  async size(key: string): Promise<number | null> {
    return (await this.#head(key))?.ContentLength ?? null;
  }

  /** When the object was last written, or null if there is none. */
  async modified(key: string): Promise<Date | null> {
    return (await this.#head(key))?.LastModified ?? null;
  }

  /** Objects whose keys begin with `prefix`, in key order. */
  async *list(prefix: string): AsyncIterable<Listed> {
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: prefix });
    const iterator = pages[Symbol.asyncIterator]();
    for (;;) {
      const page = await this.#answer(() => iterator.next());
      if (page.done) return;
      for (const { Key, Size, LastModified } of page.value.Contents ?? []) {
        yield { key: Key!, bytes: Size!, modified: LastModified! };
      }
    }
  }

  /** Removes the object; it is no error if there is none. */
  async delete(key: string): Promise<void> {
    await this.#answer(() => this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key })));
  }

  /** Creates the bucket if it does not exist. The first thing to call: it takes 10 s at most to find the store mute. */
  async ensureBucket(): Promise<void> {
    const abortSignal = AbortSignal.timeout(9_000);
    const bucket = { Bucket: this.#bucket };
    try {
      await this.#answer(() => this.#client.send(new HeadBucketCommand(bucket), { abortSignal }));
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
      try {
        await this.#answer(() => this.#client.send(new CreateBucketCommand(bucket), { abortSignal }));
      } catch (race) {
        if (!(race instanceof S3ServiceException && race.name === 'BucketAlreadyOwnedByYou')) throw race;
      }
    }
  }

  /** Closes the connections that are kept open. */
  close(): void {
    this.#client.destroy();
  }

  async #head(key: string): Promise<HeadObjectCommandOutput | null> {
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    try {
      return await this.#answer(() => this.#client.send(command));
    } catch (error) {
      if (hasStatus(error, 404)) return null;
      throw error;
    }
  }

  async #answer<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      if (error instanceof Error && isUnanswered(error)) throw new StoreUnreachable(this.#endpoint, error);
      if (hasStatus(error, INSUFFICIENT_STORAGE)) throw new StoreFull(this.#endpoint, error);
      throw error;
    }
  }
}

/** Into one piece of memory as it comes: collected and joined afterwards, large bodies would take twice the time. */
async function received(stream: Readable, length: number): Promise<Uint8Array> {
  const body = new Uint8Array(length);
  let at = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
