/** Where the objects are. */

export interface StorageSettings {
  /** URL of an S3-compatible server; absent for AWS itself. */
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  /** Whether the bucket goes into the path (most S3-compatible servers) instead of the host name. */
  readonly forcePathStyle: boolean;
  /** Absent: the SDK's default chain (`AWS_*`, profiles, instance roles). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Settings from `PHOENIX_S3_ENDPOINT`, `PHOENIX_S3_BUCKET` (`phoenix`) and `AWS_REGION` (`us-east-1`). */
export function storageFromEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): StorageSettings {
  const endpoint = environment['PHOENIX_S3_ENDPOINT'];
  return {
    ...(endpoint && { endpoint }),
    region: environment['AWS_REGION'] || 'us-east-1',
    bucket: environment['PHOENIX_S3_BUCKET'] || 'phoenix',
    forcePathStyle: Boolean(endpoint),
  };
}
