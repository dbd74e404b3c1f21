import type { ChangeFacts } from '../facts.ts';
import type { CheckResult } from '../messages.ts';

/** One condition of approval; a module each, in the list of `all-checks.ts` (C-25, C-33: more may come). Pure. */
export interface Check {
  readonly id: string;
  readonly title: string;
  judge(facts: ChangeFacts): Omit<CheckResult, 'id' | 'title'>;
}
