import type { CaseEvents, CaseEventKind } from './case-events.ts';
import type { CaseEdit, Principal, Seconds, StoredCase } from './model.ts';

export type CaseStore = ReturnType<typeof createCaseStore>;

export type NewCase = Pick<
  StoredCase,
  | 'title'
  | 'description'
  | 'engagementType'
  | 'resolverType'
  | 'reportedIncidentStartDate'
  | 'impactedAccounts'
  | 'impactedAwsRegions'
  | 'impactedServices'
  | 'threatActorIpAddresses'
  | 'watchers'
  | 'tags'
>;

const idsBefore = 1_000_000_000;

/** Every case of one membership. A change goes by `touch`: time, history and event in one. */
export function createCaseStore(options: {
  readonly account: string;
  readonly region: string;
  readonly now: () => Date;
  readonly events: CaseEvents;
}) {
  const { account, region, now, events } = options;
  const cases = new Map<string, StoredCase>();
  /** Oldest first. */
  const inOrder: StoredCase[] = [];
  let last = 0;

  const seconds = (): Seconds => Math.floor(now().getTime() / 1000);
  const edit = (by: Principal, action: string, message: string): CaseEdit => ({
    ...{ eventTimestamp: seconds(), principal: by, action, message },
  });

  return {
    seconds,
    all: (): readonly StoredCase[] => inOrder,
    find: (caseId: string) => cases.get(caseId),
    /** @param options.at of creation, for a case with a past; without events nobody is told */
    add(given: NewCase, by: Principal, options: { at?: Seconds; silent?: boolean } = {}): StoredCase {
      last += 1;
      const at = options.at ?? seconds();
      const caseId = String(idsBefore + last);
      const made: StoredCase = {
        ...{ n: last, caseId, caseArn: `arn:aws:security-ir:${region}:${account}:case/${caseId}` },
        ...{ createdDate: at, lastUpdatedDate: at, caseStatus: 'Submitted', pendingAction: 'None' },
        ...{ caseMetadata: [], comments: [], attachments: [] },
        ...given,
        edits: [edit(by, 'Case Created', 'The case was created.')],
      };
      cases.set(caseId, made);
      inOrder.push(made);
      if (!options.silent) events.emit('Case Created', made, by);
      return made;
    },
    /** What every change of a case leaves behind. */
    touch(changed: StoredCase, by: Principal, kind: CaseEventKind, message: string) {
      changed.lastUpdatedDate = seconds();
      changed.edits.push(edit(by, kind, message));
      events.emit(kind, changed, by);
    },
    /** As if it had never been: AWS itself has no such call. */
    remove(gone: StoredCase) {
      cases.delete(gone.caseId);
      inOrder.splice(inOrder.indexOf(gone), 1);
    },
    reset() {
      cases.clear();
      inOrder.length = 0;
    },
  };
}
