import type { TicketMark } from '../../../workflows/halo-sync/ticket.ts';
import { formKey, type Form } from '../forms.ts';
import type { JiraStatus } from '../schema.ts';

/** Where a ticket was when it was last looked at. */
export interface Place extends Form {
  readonly key: string;
  /** Null: just created, in whatever status its workflow begins with. */
  readonly status: JiraStatus | null;
  readonly mark: TicketMark | null;
}

/** What was read or written lately, so that a move need not read it again; it may be old, and is never believed twice. */
export interface Places {
  get(issueId: string): Place | undefined;
  set(issueId: string, place: Place): void;
  /** The status in which tickets of a form begin; undefined: none has been seen yet. */
  initial(form: Form): JiraStatus | undefined;
  setInitial(form: Form, status: JiraStatus): void;
}

/** Several pages of findings; a page is looked up and written within seconds. */
const mostRemembered = 5_000;

export function createPlaces(): Places {
  const places = new Map<string, Place>();
  const initials = new Map<string, JiraStatus>();
  return {
    get: (issueId) => places.get(issueId),
    set(issueId, place) {
      places.delete(issueId);
      places.set(issueId, place);
      if (places.size <= mostRemembered) return;
      const [oldest] = places.keys();
      if (oldest !== undefined) places.delete(oldest);
    },
    initial: (form) => initials.get(formKey(form)),
    setInitial: (form, status) => void initials.set(formKey(form), status),
  };
}
