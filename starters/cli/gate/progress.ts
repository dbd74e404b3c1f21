import { waitingOnPerson } from '../../../workflows/shared/names.ts';
import type { GateStands } from '../../gates/answers.ts';
import type { Output } from '../output.ts';
import type { Clock } from './clock.ts';

const heartbeatMs = 60_000;

export interface Progress {
  /** Prints what has changed; else, once a minute, that nothing has. CI ends jobs that are silent for long. */
  show(stands: GateStands): void;
  tell(text: string): void;
  /** Milliseconds since 1970. */
  changedAt(): number;
}

export function createProgress(output: Output, clock: Clock): Progress {
  const beganAt = clock.now();
  let shown = '';
  let changedAt = beganAt;
  let printedAt = beganAt;
  const print = (data: object, text: string) => {
    const at = new Date(clock.now()).toISOString();
    printedAt = clock.now();
    output.print({ at, ...data }, [`${at} ${text}`]);
  };
  return {
    show(stands) {
      const line = describe(stands);
      if (line !== shown) {
        changedAt = clock.now();
        shown = line;
        print(toData(stands), line);
      } else if (clock.now() - printedAt >= heartbeatMs) {
        const minutes = Math.round((clock.now() - beganAt) / 60_000);
        print({ ...toData(stands), waitedMinutes: minutes }, `still ${stands.state} after ${minutes} min`);
      }
    },
    tell: (text) => print({ text }, text),
    changedAt: () => changedAt,
  };
}

function describe({ state, text, ticket, ticketUrl, waitingOn, missing }: GateStands): string {
  const where = ticketUrl ?? ticket;
  return [
    `${state}: ${text}`,
    ...(waitingOn === '' ? [] : [`waits for ${describeWaiting(waitingOn)}`]),
    ...(missing.length === 0 ? [] : [`missing: ${missing.join(', ')}`]),
    ...(where === null ? [] : [where]),
  ].join(' · ');
}

/** `person:security+release` → `security + release`. */
function describeWaiting(code: string): string {
  if (!code.startsWith(waitingOnPerson)) return code;
  return code.slice(waitingOnPerson.length).split('+').join(' + ');
}

function toData({ state, text, ticket, ticketUrl, waitingOn, missing, runLink }: GateStands) {
  return { state, text, ticket, ticketUrl, waitingOn, missing, runLink };
}
