import type { z } from 'zod';
import { createFailure } from '../workflows/shared/failures.ts';

/**
 * The cheap check of an activity's input; the input itself is passed on, so that a field this check does not know is kept.
 * @throws InvalidInput that names each wrong field
 */
export function checkInput(schema: z.ZodType, input: unknown, activity: string): void {
  const parsed = schema.safeParse(input);
  if (parsed.success) return;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
  throw createFailure('InvalidInput', `${activity}: ${faults.join('; ')}`, { details: { action: activity } });
}
