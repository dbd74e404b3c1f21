import type { ApprovalRequest } from '../approval/approvals.ts';
import type { ApprovalPolicy, Evidence, Grant } from '../approval/messages.ts';
import type { PlanReport } from './plan-report.ts';
import type { ChangeRun } from './run.ts';

/** What a deploy may begin with. */
export interface Allowed {
  readonly grant: Grant | null;
  readonly planGrant: Grant | null;
  /** Of this digest, or none was reported. */
  readonly plan: PlanReport | null;
  readonly automatic: boolean;
  readonly approvers: readonly string[];
}

type Name = 'change' | 'plan';

interface Asked {
  readonly request: ApprovalRequest;
  /** What was shown, to tell whether it is still so. */
  readonly shown: string;
}

/** What people were asked about this build: at most one standing request about the change and one about its plan. */
export interface AskedRequests {
  /** The same evidence keeps its request; changed evidence voids what was said about the old (design §3). */
  ask(name: Name, evidence: Evidence, rules: ApprovalPolicy): Promise<ApprovalRequest>;
  has(name: Name): boolean;
  /** SHA-256, hex, of what people are shown of the change; undefined: nobody is asked about it. */
  digest(): string | undefined;
  drop(name: Name, reason: string): void;
  /** Its answers have moved the ticket to Approved already. */
  isUsed(name: Name): boolean;
  markUsed(): void;
  /** What stands approved now. */
  current(automatic: boolean): Allowed;
  /** The point of no return of what still shows exactly this. @returns false: it is not so any more */
  commit(name: Name, evidence: Evidence): Promise<boolean>;
  /** For the views of every request; what is open is void. */
  end(text: string): void;
  /** Everything is asked about anew. */
  reset(): void;
}

export function createAskedRequests(run: ChangeRun): AskedRequests {
  const standing = new Map<Name, Asked>();
  const all: ApprovalRequest[] = [];
  const used = new Set<string>();

  const requestIdsOf = () => [...standing.values()].map(({ request }) => request.requestId);

  return {
    async ask(name, evidence, rules) {
      const shown = JSON.stringify(evidence);
      const known = standing.get(name);
      if (known?.shown === shown && known.request.settlement()?.outcome !== 'void') return known.request;
      known?.request.void('what was shown is not true any more');
      const request = await run.approvals.ask({
        name: `${name}-${all.length + 1}`,
        evidence,
        policy: rules,
        ticket: run.where(),
        revocable: 'until the deploy begins',
      });
      all.push(request);
      standing.set(name, { request, shown });
      return request;
    },
    has: (name) => standing.has(name),
    digest: () => standing.get('change')?.request.evidenceDigest,
    drop(name, reason) {
      standing.get(name)?.request.void(reason);
      standing.delete(name);
    },
    isUsed: (name) => used.has(standing.get(name)?.request.requestId ?? ''),
    markUsed: () => void requestIdsOf().forEach((id) => used.add(id)),
    current(automatic) {
      const main = automatic ? undefined : standing.get('change')?.request.settlement();
      const plan = standing.get('plan')?.request.settlement();
      const approvers = [main, plan].flatMap((one) => (one?.outcome === 'approved' ? one.approvers : []));
      return {
        grant: main?.outcome === 'approved' ? main.grant : null,
        planGrant: plan?.outcome === 'approved' ? plan.grant : null,
        plan: run.state.plan,
        automatic,
        approvers: [...new Set(approvers)],
      };
    },
    async commit(name, evidence) {
      const known = standing.get(name);
      if (known?.shown !== JSON.stringify(evidence)) return false;
      return (await known.request.commit()) !== undefined;
    },
    end(text) {
      for (const request of all) {
        if (request.settlement() === undefined) request.void(text);
        else request.note(text);
      }
    },
    reset: () => standing.clear(),
  };
}
