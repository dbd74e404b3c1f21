import { z } from 'zod';

/** The body of a control. @throws with every fault on one line, as the front answers it */
export function readControl<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new Error(z.prettifyError(read.error).replaceAll('\n', '; '));
}
