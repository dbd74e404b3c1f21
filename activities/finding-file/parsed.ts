import type { z } from 'zod';
import { createFailure, type FailureType } from '../../workflows/shared/failures.ts';
import type { FileFinding } from './finding-row.ts';

/** What both formats come to. */
export interface ParsedFindings {
  /** By id, in the order of the file. */
  readonly findings: ReadonlyMap<string, FileFinding>;
  readonly faults: readonly { readonly findingId: string; readonly reason: string }[];
}

export function wordsOf({ issues }: z.ZodError): string {
  const words = issues.map(({ path, message }) => `${path.join('.') || 'finding'}: ${message}`);
  return words.slice(0, 3).join('; ');
}

export function fail(type: FailureType, problem: string, cause?: unknown): Error {
  return createFailure(type, `finding file: ${problem}`, {
    details: { system: 'finding-file', action: 'read findings' },
    cause,
  });
}
