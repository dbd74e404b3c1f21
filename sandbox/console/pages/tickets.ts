import { html, type Html } from '../html.ts';
import { createJiraTickets, type Ticket } from '../jira-tickets.ts';
import type { ConsoleVendors, PageRoute } from '../page.ts';
import { moment, runLink, statusMark } from './ticket-parts.ts';

/** The tickets of DEVOPS, GATED and PRODCM, newest first. */
export function ticketRoutes(vendors: ConsoleVendors, uiUrl: string): PageRoute[] {
  return [
    {
      method: 'GET',
      path: /^\/tickets$/,
      async handle({ actor }) {
        const tickets = await createJiraTickets(vendors.jira.url, actor).list();
        return { path: '/tickets', title: 'Tickets', live: ticketTable(tickets, uiUrl) };
      },
    },
  ];
}

function ticketTable(tickets: readonly Ticket[], uiUrl: string): Html {
  if (tickets.length === 0)
    return html`<p class="empty">No tickets yet. <a href="/tickets/new">File a promotion request</a>.</p>`;
  return html`<div class="scroll">
    <table>
      <caption class="unseen">
        Tickets of DEVOPS, GATED and PRODCM, newest first
      </caption>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Summary</th>
          <th scope="col">Version or build</th>
          <th scope="col">Status</th>
          <th scope="col">Assignee</th>
          <th scope="col" class="number">Comments</th>
          <th scope="col">Created (UTC)</th>
          <th scope="col">Temporal</th>
        </tr>
      </thead>
      <tbody>
        ${tickets.map((ticket) => ticketRow(ticket, uiUrl))}
      </tbody>
    </table>
  </div>`;
}

function ticketRow(ticket: Ticket, uiUrl: string): Html {
  return html`<tr>
    <th scope="row"><a id="ticket-${ticket.key}" href="/tickets/${ticket.key}">${ticket.key}</a></th>
    <td class="text">${ticket.summary}</td>
    <td class="text"><code>${ticket.change?.title ?? ticket.agentVersion}</code></td>
    <td>${statusMark(ticket.status)}</td>
    <td>${ticket.assignee?.displayName ?? html`<span class="quiet">nobody</span>`}</td>
    <td class="number">${ticket.comment.total}</td>
    <td>${moment(ticket.created)}</td>
    <td>${runLink(uiUrl, ticket)}</td>
  </tr>`;
}
