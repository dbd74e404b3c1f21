/** One call as a vendor's stand-in remembers it: `GET /_sandbox/requests`. */
export interface LoggedRequest {
  readonly n: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** JSON and form bodies up to 64 KiB, parsed; otherwise absent. */
  body?: unknown;
  /** 0 while the call runs or when its answer was withheld. */
  status: number;
  /** Milliseconds until the answer's headers, latency and faults included; absent like `status`. */
  ms?: number;
  readonly actor: string | undefined;
}
