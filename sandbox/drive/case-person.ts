import type { EventSettings } from '../security-ir/case-events.ts';
import type { ScanSettings } from '../security-ir/attachment-store.ts';
import type { SeedInput } from '../security-ir/generate-cases.ts';
import type { CaseStatus, ClosureCode, StoredCase } from '../security-ir/model.ts';
import type { ActInput } from '../security-ir/responder-acts.ts';
import type { Endpoints } from '../stack/endpoints.ts';
import { controlOf } from './control.ts';

type Act<Name extends ActInput['act']> = Omit<Extract<ActInput, { act: Name }>, 'act' | 'caseId' | 'by'>;

export interface CaseSummary {
  readonly cases: number;
  readonly open: number;
  readonly comments: number;
  readonly attachments: number;
  readonly statuses: Readonly<Partial<Record<CaseStatus, number>>>;
  /** Calls that a throttle refused. */
  readonly throttled: number;
}

export interface EventCounts {
  readonly sent: number;
  readonly dropped: number;
  readonly failed: number;
  readonly held: number;
  readonly delayed: number;
}

/**
 * What happens in AWS Security Incident Response: AWS's responders (or whoever `by` names, such as an ARN of somebody in the console)
 * work on cases, events get lost, doubled or late, rights are taken away.
 */
export function casePerson(
  endpoints: Pick<Endpoints, 'securityIncidentResponse' | 'control'>,
  by = 'AWS Responder',
) {
  const control = controlOf(endpoints.securityIncidentResponse, endpoints.control);
  const act = <T = void>(order: object) => control.post<T>('act', { by, ...order });

  return {
    /** Many open cases, without events unless asked for. */
    seed: (seed: SeedInput) => control.post<{ ids: readonly string[] }>('seed', seed),
    /** No case, fault, count or setting is left; ids go on. */
    reset: () => control.post<void>('reset'),
    create: (given: NonNullable<Act<'create'>['case']> = {}) =>
      act<{ caseId: string; caseArn: string }>({ act: 'create', case: given }),
    update: (caseId: string, change: Act<'update'>['change']) => act({ act: 'update', caseId, change }),
    /** Any, Acknowledged and Ready to Close among them. */
    status: (caseId: string, status: CaseStatus) => act({ act: 'status', caseId, status }),
    resolver: (caseId: string, resolverType: 'AWS' | 'Self') =>
      act({ act: 'resolver', caseId, resolverType }),
    comment: (caseId: string, body: string) => act<{ commentId: string }>({ act: 'comment', caseId, body }),
    editComment: (caseId: string, commentId: string, body: string) =>
      act({ act: 'edit-comment', caseId, commentId, body }),
    attach: (
      caseId: string,
      fileName: string,
      bytes: string | Uint8Array,
      status: 'Verified' | 'Failed' | 'Pending' = 'Verified',
    ) =>
      act<{ attachmentId: string }>({
        ...{ act: 'attach', caseId, fileName, status },
        bytes: Buffer.from(bytes).toString('base64'),
      }),
    pending: (caseId: string, pendingAction: 'Customer' | 'None') =>
      act({ act: 'pending', caseId, pendingAction }),
    close: (caseId: string, closureCode?: ClosureCode) =>
      act({ act: 'close', caseId, ...(closureCode === undefined ? {} : { closureCode }) }),
    /** It answers 404 from now on. */
    remove: (caseId: string) => act({ act: 'remove', caseId }),
    /** AccessDeniedException to these operations, of one case or of all; no operation: everything is allowed again. */
    deny: (operations: readonly string[], caseId?: string) =>
      control.post<void>('deny', { operations, ...(caseId === undefined ? {} : { caseId }) }),
    /** Every call answers 429 for so long, with a Retry-After. */
    throttle: (seconds: number) => control.post<void>('throttle', { seconds }),
    membership: (status: 'Active' | 'Cancelled' | 'Terminated') =>
      control.post<void>('membership', { status }),
    /** Of events to come; what is held goes out (or is lost) unless the mode is hold. */
    events: (settings: EventSettings) => control.post<void>('events', settings),
    /** When the queue has every event that was sent. */
    settled: () => control.post<EventCounts>('settled'),
    scan: (settings: ScanSettings) => control.post<void>('scan', settings),
    urlLifetime: (seconds: number) => control.post<void>('url-lifetime', { seconds }),
    /** As it is stored: comments with their authors, attachments, edits, tags. */
    read: (caseId: string) => control.post<StoredCase>('case', { caseId }),
    summary: () => control.post<CaseSummary>('summary'),
    /** By operation, as AWS names them; `attachment`: presigned ones. */
    calls: control.calls,
    /** How many requests are remembered; null: all. Counts go on. */
    keepLog: (keep: number | null) => control.post<void>('log', { keep }),
    ...{ latency: control.latency, addFault: control.addFault, clearFaults: control.clearFaults },
    requests: control.requests,
  };
}

export type CasePerson = ReturnType<typeof casePerson>;
