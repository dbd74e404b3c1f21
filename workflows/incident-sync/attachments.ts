import { otherSide, travelsFrom, type PlanInput } from './plan-input.ts';
import type { Side } from './sides.ts';
import type { Step } from './steps.ts';

function planSide(origin: Side, input: PlanInput): Step[] {
  const dealtWith = new Set(
    input.link.attachments.filter((one) => one.origin === origin).map(({ id }) => id),
  );
  const copies = new Set(
    input.link.attachments.filter((one) => one.origin === otherSide(origin)).map(({ copyId }) => copyId),
  );
  return (
    input[origin].attachments
      // what we uploaded ourselves never goes back, known or not (B10); AWS's check of a file must have come to an end
      .filter(
        ({ id, ours, status }) => !ours && status === 'Verified' && !dealtWith.has(id) && !copies.has(id),
      )
      .map(({ id }) => ({ kind: 'attachment', origin, id }))
  );
}

/** Each file once. One that is deleted stays on the other side: it is evidence. */
export function planAttachments(input: PlanInput): Step[] {
  return (['case', 'issue'] as const)
    .filter((origin) => travelsFrom(origin, input.policy.attachments, input))
    .flatMap((origin) => planSide(origin, input));
}
