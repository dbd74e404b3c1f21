import { DefaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** What a handler gets for a payload that nobody can decode: its shape guard refuses it and the run goes on. */
export const undecodable = { lockkeeper: 'undecodable payload' } as const;

/**
 * Temporal's own converter, except that an undecodable payload becomes a sentinel: one signal with a foreign encoding
 * would otherwise fail the workflow's tasks for ever. Used by worker, starters and CLI alike.
 */
class TolerantPayloadConverter implements PayloadConverter {
  private readonly inner = new DefaultPayloadConverter();

  toPayload<T>(value: T): Payload {
    return this.inner.toPayload(value);
  }

  fromPayload<T>(payload: Payload): T {
    try {
      return this.inner.fromPayload<T>(payload);
    } catch {
      return undecodable as T;
    }
  }
}

/** The name is Temporal's: `payloadConverterPath` modules export it. */
export const payloadConverter = new TolerantPayloadConverter();
