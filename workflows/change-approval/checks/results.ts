import type { CheckResult } from '../messages.ts';

export type Judgement = Omit<CheckResult, 'id' | 'title'>;

export function passed(found: readonly string[], links: CheckResult['links'] = []): Judgement {
  return { verdict: 'pass', found, links, fix: '' };
}

/** A link, where there is an address. */
export function linkTo(label: string, href: string | null): CheckResult['links'] {
  return href === null || href === '' ? [] : [{ label, href }];
}
