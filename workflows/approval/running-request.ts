import type { DecisionsPort } from '../../activities/decisions/port.ts';
import type { JiraPort } from '../../activities/jira/port.ts';
import type { SlackPort } from '../../activities/slack/port.ts';
import type { ApprovalRequest, Question, Settlement } from './approvals.ts';
import type { BreakGlass } from './break-glass.ts';
import type { Inbox } from './inbox.ts';
import type { DecisionClaims, RefusalRule, RequestView } from './messages.ts';

/** What all requests of a run share. */
export interface RequestContext {
  readonly slack: SlackPort;
  readonly jira: JiraPort;
  readonly reads: Pick<JiraPort, 'attestDecisions'>;
  readonly planReminders: DecisionsPort['planReminders'];
  readonly breakGlass: BreakGlass;
  readonly inbox: Inbox;
  readonly key: (step: string) => string;
  readonly runLink: string;
  /** Repeats a call until it is answered, and shows that the run waits for it. */
  readonly insist: <T>(system: string, act: () => Promise<T>) => Promise<T>;
  /** What people see of it has changed. */
  readonly onChange: () => void;
  /** Who waits for it wants to see now what it waits for. */
  readonly onAwaited: () => void;
  /** Settled anew, with every decision counted. @param nth change of this request */
  readonly onSettled: (settlement: Settlement, view: RequestView, nth: number) => void;
}

export type Taken =
  | { readonly accepted: true; readonly text: string }
  | { readonly accepted: false; readonly rule: RefusalRule; readonly text: string; readonly repeat: boolean };

/** One request as the other parts of its run see it. */
export interface RunningRequest {
  readonly api: ApprovalRequest;
  readonly question: Question;
  readonly view: () => RequestView;
  readonly take: (claims: DecisionClaims, envelope: string) => Promise<Taken>;
  /** The ticket changed. */
  readonly look: () => void;
  /** People were asked, and have not settled it. */
  readonly isAsked: () => boolean;
  /** For a quarter of an hour nobody could be asked. */
  readonly isUndelivered: () => boolean;
  /** The run ends: what is approved stays so, what is open is void. */
  readonly end: () => void;
  readonly upToDate: () => boolean;
}
