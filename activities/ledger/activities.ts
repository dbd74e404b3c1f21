import { z } from 'zod';
import { checkInput } from '../activity-input.ts';
import type { LedgerPort } from './port.ts';

const eventId = z.string().min(8).max(600);
const eventIds = z.array(eventId).max(10_000);
const moment = z.iso.datetime();
const Secret = z.object({ arn: z.string().min(1), account: z.string().regex(/^[0-9]{12}$/) });

const Change = z.object({ event: z.object({ eventId, eventTime: moment }) });
const One = z.object({ eventId });
const Judged = One.extend({ verdict: z.object({ verdict: z.string() }), isFinal: z.boolean() });
const Many = z.object({ eventIds });
const Explained = Many.extend({ explanation: z.object({ kind: z.string(), at: moment }) });
const Window = z.object({ secret: Secret, from: moment, to: moment });
const Windows = z.object({ secrets: z.array(Secret).max(1_000), from: moment, to: moment });
const Gaps = z.object({ gaps: z.array(z.object({ account: z.string(), region: z.string(), at: moment })) });
const Days = z.object({ days: z.array(z.iso.date()).min(1).max(31) });

/** Activities of the audit's ledger: each is repeated freely. */
export function createLedgerActivities(port: LedgerPort): Omit<LedgerPort, 'recordTicket'> {
  const checked =
    <I, O>(form: z.ZodType, verb: string, act: (input: I) => Promise<O>) =>
    async (input: I): Promise<O> => {
      checkInput(form, input, verb);
      return act(input);
    };
  return {
    recordChange: checked(Change, 'recordChange', (input) => port.recordChange(input)),
    readSecretChange: checked(One, 'readSecretChange', (input) => port.readSecretChange(input)),
    recordVerdict: checked(Judged, 'recordVerdict', (input) => port.recordVerdict(input)),
    explainChanges: checked(Explained, 'explainChanges', (input) => port.explainChanges(input)),
    changesOf: checked(Window, 'changesOf', (input) => port.changesOf(input)),
    briefsOf: checked(Windows, 'briefsOf', (input) => port.briefsOf(input)),
    findMissing: checked(Many, 'findMissing', (input) => port.findMissing(input)),
    recordGaps: checked(Gaps, 'recordGaps', (input) => port.recordGaps(input)),
    exportDays: checked(Days, 'exportDays', (input) => port.exportDays(input)),
  };
}
