/** What a request for acceptance says, and whether it may: the same words for the CLI, which writes them, and the worker, which reads. */

const dayMs = 86_400_000;
const longestReason = 500;
const leadDays = [14, 3] as const;
/** A page of findings that read the ticket before may still write it: then the mark of the acceptance is lost. */
const confirmAfterMs = 15 * 60_000;

/** The text of the comment that asks. @param day `yyyy-MM-dd` */
export function toRequestText(day: string, reason: string): string {
  return `Asks to accept this finding until ${day}: ${oneLine(reason)}`;
}

/** @returns undefined: the text asks for nothing */
export function readRequestText(text: string): { readonly day: string; readonly reason: string } | undefined {
  const match = /^Asks to accept this finding until (\d{4}-\d{2}-\d{2}): (.+)$/.exec(oneLine(text));
  const [, day, reason] = match ?? [];
  return day !== undefined && reason !== undefined ? { day, reason } : undefined;
}

/** The end of that day. @returns undefined: there is no such day */
export function endOfDay(day: string): string | undefined {
  const ms = Date.parse(`${day}T00:00:00.000Z`);
  if (Number.isNaN(ms) || !toIso(ms).startsWith(day)) return undefined;
  return toIso(ms + dayMs - 1_000);
}

/**
 * Too long is refused and never shortened: what people approve is what was asked for.
 * @param askedAt ISO 8601 UTC · @returns why not, in words; undefined: it may be asked
 */
export function findRefusal(
  asked: { readonly day: string; readonly reason: string; readonly askedAt: string },
  maxDays: number,
  nowMs: number,
): string | undefined {
  const { day, reason, askedAt } = asked;
  const until = endOfDay(day);
  if (until === undefined) return `${day} is no day`;
  if (reason.trim() === '') return 'it needs a reason';
  if (reason.length > longestReason) return `its reason is longer than ${longestReason} characters`;
  if (Date.parse(until) <= nowMs) return `${day} is over`;
  if (!isWithin(until, askedAt, maxDays))
    return `${day} is more than ${maxDays} days away: ask for less, and again when that is over`;
  return undefined;
}

/** Whole days from the day on which it was asked. */
export function isWithin(until: string, askedAt: string, maxDays: number): boolean {
  const days = Math.floor(Date.parse(until) / dayMs) - Math.floor(Date.parse(askedAt) / dayMs);
  return days <= maxDays;
}

export interface HoldStep {
  /** ms since 1970 */
  readonly at: number;
  readonly what: 'confirm' | 'remind' | 'end';
}

/** What is to be done while a risk is accepted: reminders 14 and 3 days before the end, or at half of a shorter time. */
export function planHold(fromMs: number, untilMs: number): readonly HoldStep[] {
  const total = untilMs - fromMs;
  const leads = leadDays.map((days) => (total > days * dayMs ? days * dayMs : Math.floor(total / 2)));
  const steps: HoldStep[] = [
    { at: fromMs + confirmAfterMs, what: 'confirm' },
    ...[...new Set(leads)].map((lead): HoldStep => ({ at: untilMs - lead, what: 'remind' })),
  ];
  const before = steps.filter(({ at }) => at < untilMs).toSorted((one, other) => one.at - other.at);
  return [...before, { at: untilMs, what: 'end' }];
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
