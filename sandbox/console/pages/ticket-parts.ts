import { agentPromotionId } from '../../../workflows/shared/names.ts';
import { html, outsideLink, type Html } from '../html.ts';
import type { Ticket, TicketStatus } from '../jira-tickets.ts';

/** Statuses whose colour says more than their category does. */
const tones: Readonly<Record<string, string>> = { Failed: 'bad', 'Info Needed': 'warn', Canceled: 'quiet' };

export function statusMark({ name, statusCategory }: TicketStatus): Html {
  return html`<span class="status" data-tone="${tones[name] ?? statusCategory.key}">${name}</span>`;
}

/** The ticket's run; a ticket that never was in ToDo has none, and the Web UI says so. */
export function runLink(uiUrl: string, { id, key }: Pick<Ticket, 'id' | 'key'>): Html {
  const workflowId = encodeURIComponent(agentPromotionId(siteOf(key), id));
  const label = html`Run<span class="unseen"> of ${key} in the Temporal Web UI</span>`;
  return outsideLink(`${uiUrl}/namespaces/default/workflows/${workflowId}`, label);
}

/** The sandbox's two projects are two sites of its configuration. */
function siteOf(key: string): string {
  return key.startsWith('GATED-') ? 'gated' : 'main';
}

/** Jira's own form, `2026-11-04T09:36:13.747+0000`, as a readable moment in UTC. */
export function moment(jiraDate: string): Html {
  const iso = jiraDate.replace(/\+0000$/, 'Z');
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>`;
}
