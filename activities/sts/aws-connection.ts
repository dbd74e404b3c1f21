/** Where AWS is. Endpoint and path style are given in the sandbox only. */
export interface AwsConnection {
  readonly region: string;
  readonly endpoint?: string;
  readonly timeouts?: AwsTimeouts;
}

/** Milliseconds. */
export interface AwsTimeouts {
  readonly connect: number;
  /** From the request's first byte to the answer's headers. */
  readonly request: number;
  /** Longest silence inside a body. */
  readonly idle: number;
}

const defaultTimeouts: AwsTimeouts = { connect: 5_000, request: 60_000, idle: 30_000 };

/**
 * The settings that all our AWS clients share. The SDK makes one attempt only: Temporal repeats, with every try in sight
 * and the activity looking again first. A repeat hidden in the SDK would meet its own lost answer as 412 or 409.
 */
export function toClientSettings({ region, endpoint, timeouts = defaultTimeouts }: AwsConnection) {
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: timeouts.connect,
      requestTimeout: timeouts.request,
      socketTimeout: timeouts.idle,
      // without it the SDK only warns
      throwOnRequestTimeout: true,
    },
  };
}
