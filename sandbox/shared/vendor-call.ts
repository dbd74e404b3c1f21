import type http from 'node:http';
import type { Readable } from 'node:stream';

/** One call as a vendor's stand-in sees it. `body()` reads the stream once and remembers it. */
export interface VendorRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  /** Path and query as received. */
  readonly url: string;
  readonly stream: http.IncomingMessage;
  body(): Promise<Buffer>;
}

/** A plain object is sent as JSON; a stream is piped. */
export interface VendorResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer | Readable | object | null;
}
