import { condition, isCancellation, log } from '@temporalio/workflow';
import type { JiraPort, TicketRef } from '../../activities/jira/port.ts';
import { failureMessage } from '../shared/failures.ts';
import type { Courier } from './courier.ts';
import { detach } from './detach.ts';
import type { RequestView } from './messages.ts';

export interface JiraViewOptions {
  readonly ticket: TicketRef;
  readonly jira: Pick<JiraPort, 'askOnTicket'>;
  readonly reads: Pick<JiraPort, 'attestDecisions'>;
  /** Of the question and of the reading: the one does not wait for the other. */
  readonly couriers: { readonly ask: Courier; readonly read: Courier };
  readonly requestId: string;
  readonly groups: readonly string[];
  readonly view: () => RequestView;
  readonly isOpen: () => boolean;
  readonly isClosed: () => boolean;
  readonly onEnvelopes: (envelopes: readonly string[]) => void;
}

/** One request on its ticket: asked once, and its answers read when the ticket changed and before anything is acted on. */
export interface JiraView {
  changed(): void;
  /** Reads soon; several become one. */
  look(): void;
  /** @returns once a reading that began after this has ended, or after so long */
  read(atMostMs: number): Promise<void>;
  /** Reads by whatever way `call` repeats it, for as long as that takes. */
  readThrough(call: <T>(act: () => Promise<T>) => Promise<T>): Promise<void>;
  upToDate(): boolean;
}

export function createJiraView(options: JiraViewOptions): JiraView {
  const { ticket, jira, reads, couriers, requestId, groups, view, isOpen, isClosed } = options;
  let asked = false;
  let asking = false;
  let wanted = 0;
  let done = 0;
  let reading = false;
  let changes = 0;

  /** Once per request: the comment's property carries its id, and a repeat looks for it. */
  async function ask() {
    while (!asked && isOpen()) {
      const end = await couriers.ask.deliver(
        async () => void (await jira.askOnTicket({ ...ticket, view: view() })),
      );
      asked ||= end === 'delivered';
      const seen = changes;
      if (end === 'failed') await couriers.ask.rest(() => changes !== seen);
    }
    asking = false;
    startReading();
  }

  const attest = () => reads.attestDecisions({ ...ticket, requestId, groups });

  async function readWanted() {
    while (done < wanted && !isClosed()) {
      const mine = wanted;
      await couriers.read.deliver(async () => options.onEnvelopes((await attest()).envelopes));
      done = mine;
    }
    reading = false;
  }

  function startReading() {
    if (reading || !asked || done === wanted) return;
    reading = true;
    detach(readWanted);
  }

  function look() {
    wanted += 1;
    startReading();
  }

  return {
    changed() {
      changes += 1;
      if (!isOpen()) couriers.ask.supersede();
      if (asking || asked || !isOpen()) return;
      asking = true;
      detach(ask);
    },
    look,
    async read(atMostMs) {
      if (!asked) return;
      look();
      const mine = wanted;
      await condition(() => done >= mine || isClosed(), atMostMs, {
        summary: 'read the answers on the ticket',
      });
    },
    async readThrough(call) {
      if (!asked) return;
      try {
        options.onEnvelopes((await call(attest)).envelopes);
      } catch (error) {
        if (isCancellation(error)) throw error;
        // the ticket is gone or hidden for good: nobody can have answered on it
        log.warn('answers on the ticket cannot be read', { requestId, reason: failureMessage(error) });
      }
    },
    upToDate: () => asked || !isOpen() || couriers.ask.resting(),
  };
}
