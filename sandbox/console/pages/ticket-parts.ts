import { agentPromotionId } from '../../../workflows/shared/names.ts';
import { html, outsideLink, type Html } from '../html.ts';
import type { Ticket, TicketStatus } from '../jira-tickets.ts';

/** Statuses whose colour says more than their category does. */
const tones: Readonly<Record<string, string>> = {
  Failed: 'bad',
  'Deploy failed': 'bad',
  Declined: 'bad',
  'Info Needed': 'warn',
  'Manual review required': 'warn',
  Canceled: 'quiet',
};

export function statusMark({ name, statusCategory }: TicketStatus): Html {
  return html`<span class="status" data-tone="${tones[name] ?? statusCategory.key}">${name}</span>`;
}

export function runLink(uiUrl: string, ticket: Ticket): Html {
  const run = runOf(ticket);
  if (run === undefined) return html`<span class="quiet">none</span>`;
  const label = html`Run<span class="unseen"> of ${ticket.key} in the Temporal Web UI</span>`;
  return outsideLink(`${uiUrl}/namespaces/default/workflows/${encodeURIComponent(run)}`, label);
}

/**
 * A promotion's run is known by its id; one that never was in ToDo has none, and the Web UI says so. A change's run is
 * what the gate wrote on the ticket.
 */
function runOf({ id, key, change, workflowId }: Ticket): string | undefined {
  return change ? workflowId : agentPromotionId(siteOf(key), id);
}

/** The sandbox's two projects of promotions are two sites of its configuration. */
function siteOf(key: string): string {
  return key.startsWith('GATED-') ? 'gated' : 'main';
}

/** Jira's own form, `2026-11-04T09:36:13.747+0000`, as a readable moment in UTC. */
export function moment(jiraDate: string): Html {
  const iso = jiraDate.replace(/\+0000$/, 'Z');
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>`;
}
