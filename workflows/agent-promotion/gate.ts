import { condition } from '@temporalio/workflow';
import type { Permission } from '../../activities/s3/port.ts';
import type { ApprovalRequest, Settlement } from '../approval/approvals.ts';
import type { ApprovalPolicy, Evidence, Grant } from '../approval/messages.ts';
import type { Turn } from '../shared/turn.ts';
import type { PendingWave } from './pending-wave.ts';
import type { Begun, Run } from './run.ts';
import { StepFailed, Superseded } from './stop.ts';
import { createThaw } from './thaw.ts';
import type { TurnKeeper } from './turn.ts';

/** What a wave may begin with. */
export interface Entered {
  readonly permission: Permission;
  readonly turn: Turn;
  /** Who approved it, by name; empty under a policy without approval. */
  readonly approvers: readonly string[];
}

export interface Gate {
  /**
   * Waits until nobody pauses, everybody needed has approved exactly this, nothing is frozen and the turn is ours, all at
   * the same moment. The approval is final from then on. @returns undefined when the wave is to be left out
   * @throws StepFailed rejected or expired · Superseded · TicketTaken
   */
  enter(wave: PendingWave): Promise<Entered | undefined>;
  /** What became of it, for the views of every request; what is still open is void. */
  end(text: string): void;
}

export interface GateOptions {
  readonly run: Run;
  readonly begun: Begun;
  readonly turn: TurnKeeper;
  /** Read afresh: what people are shown for these accounts. */
  readonly evidence: (accounts: readonly string[]) => Promise<Evidence>;
  /** @param accounts that are about to be written @throws when the ticket is not ours any more, or production is ahead of it */
  readonly ensureWanted: (accounts?: readonly string[]) => Promise<void>;
}

interface Asked {
  readonly request: ApprovalRequest;
  readonly shown: Evidence;
  /** Some of what was approved is written: what that changed is no news. */
  readonly committed: boolean;
}

/** The gate of the waves: one approval for all waves without one of their own, and one for each that has. */
export function createGate({ run, begun, turn, evidence, ensureWanted }: GateOptions): Gate {
  const asked = new Map<string, Asked>();
  const { state, policy } = run;
  const taken = () => state.supersededBy !== undefined;
  const thaw = createThaw({ run, begun, turn, look });

  async function enter(wave: PendingWave): Promise<Entered | undefined> {
    for (;;) {
      await whilePaused();
      if (state.skipped.includes(wave.number)) return undefined;
      const request = await approved(wave);
      const exception = await thaw.pass(wave);
      if (exception === undefined) continue;
      const again = !turn.held();
      const mine = await turn.take();
      if (state.paused) continue;
      if (again && (await hasChanged(wave))) continue;
      const final = await commit(wave, request);
      if (final === undefined) continue;
      if (!(await thaw.open(wave, exception))) continue;
      const { grant, approvers } = final;
      return { permission: { policy, wave: wave.name, grant, exception }, turn: mine, approvers };
    }
  }

  async function whilePaused() {
    while (state.paused) {
      await turn.give();
      run.progress.waitFor('paused');
      await condition(() => !state.paused || state.ticketDirty || taken());
      await look();
      if (!state.paused) run.progress.waitFor('');
    }
  }

  /** @returns null where nobody has to be asked */
  async function approved(wave: PendingWave): Promise<ApprovalRequest | null> {
    const rules = wave.approval ?? policy.approval;
    if (!rules) return null;
    for (;;) {
      const request = await ask(wave, rules);
      const settlement = await waitForPeople(request);
      if (settlement.outcome === 'approved') return request;
      asked.delete(keyOf(wave));
      if (settlement.outcome === 'rejected')
        throw new StepFailed(`rejected by ${settlement.by}: ${settlement.reason}`, { found: 'rejected' });
      if (settlement.outcome === 'expired')
        throw new StepFailed('nobody decided in time: the request for approval has expired', {
          found: 'expired',
        });
    }
  }

  async function ask(wave: PendingWave, rules: ApprovalPolicy): Promise<ApprovalRequest> {
    const known = asked.get(keyOf(wave));
    if (known) return known.request;
    const shown = await evidence(accountsOf(wave));
    run.progress.describe({ risk: rules.risk });
    const request = await run.approvals.ask({
      name: `${keyOf(wave)}-${asked.size + 1}`,
      evidence: shown,
      policy: rules,
      ticket: run.where,
      revocable: `until ${wave.name} begins`,
    });
    asked.set(keyOf(wave), { request, shown, committed: false });
    return request;
  }

  /** The turn is given back for as long as people think. */
  async function waitForPeople(request: ApprovalRequest): Promise<Settlement> {
    const now = request.settlement();
    if (now) return now;
    await turn.give();
    run.progress.start('approve');
    for (;;) {
      const settled = request.settled();
      const changed = condition(() => state.ticketDirty || taken());
      const settlement = await Promise.race([settled, changed.then(() => undefined)]);
      if (settlement) {
        run.progress.describe({ decision: settlement.outcome });
        if (settlement.outcome === 'approved')
          run.progress.finish('approve', `by ${settlement.approvers.join(', ')}`.slice(0, 200));
        return settlement;
      }
      // before anything is read: the same event may also bring the question for information
      request.answered();
      await look(request);
    }
  }

  /** Something happened to the ticket or to the line while we waited. */
  async function look(request?: ApprovalRequest) {
    if (state.supersededBy !== undefined) {
      request?.void(`superseded by ${state.supersededBy}`);
      throw new Superseded(state.supersededBy);
    }
    if (!state.ticketDirty) return;
    try {
      await ensureWanted();
    } catch (error) {
      request?.void('the ticket has changed');
      throw error;
    }
  }

  /** The turn passed through other hands: what was shown must still be true of what this wave will write. */
  async function hasChanged(wave: PendingWave): Promise<boolean> {
    await ensureWanted(wave.accounts);
    const known = asked.get(keyOf(wave));
    if (!known || run.plan) return false;
    const now = await evidence(wave.accounts);
    if (now.facts.every((fact) => isShown(known.shown, fact))) return false;
    if (known.committed)
      throw new StepFailed(`${wave.name}: production has changed since it was approved`, {
        found: now.facts
          .filter((fact) => !isShown(known.shown, fact))
          .map(({ label, value }) => `${label}: ${value}`)
          .join(', '),
      });
    known.request.void('production has changed since it was shown');
    asked.delete(keyOf(wave));
    return true;
  }

  async function commit(
    wave: PendingWave,
    request: ApprovalRequest | null,
  ): Promise<{ grant: Grant | null; approvers: readonly string[] } | undefined> {
    if (!request) return { grant: null, approvers: [] };
    const final = await request.commit();
    const known = asked.get(keyOf(wave));
    if (final && known) asked.set(keyOf(wave), { ...known, committed: true });
    return final;
  }

  /** Waves without an approval of their own share one. */
  function keyOf(wave: PendingWave): string {
    return wave.approval ? wave.name : 'production';
  }

  function accountsOf(wave: PendingWave): readonly string[] {
    if (wave.approval) return wave.accounts;
    const wanted = new Set(state.accounts.map(({ account }) => account));
    return policy.waves
      .filter((one) => !one.approval)
      .flatMap((one) => one.accounts)
      .filter((account) => wanted.has(account));
  }

  return {
    enter,
    end(text) {
      for (const request of [...[...asked.values()].map((one) => one.request), ...thaw.requests()]) {
        if (request.settlement() === undefined) request.void(text);
        else request.note(text);
      }
    },
  };
}

function isShown(shown: Evidence, fact: Evidence['facts'][number]): boolean {
  return shown.facts.some(({ label, value }) => label === fact.label && value === fact.value);
}
