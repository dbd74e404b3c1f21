import { adfToHtml } from '../adf-html.ts';
import { html, type Html } from '../html.ts';
import { createJiraTickets, forceStatus, type Ticket } from '../jira-tickets.ts';
import { form, personOf, type ConsoleVendors, type Page, type PageRequest, type PageRoute } from '../page.ts';
import { refused } from '../refused.ts';
import { commentList, statusHistory } from './ticket-story.ts';
import { moment, runLink, statusMark } from './ticket-parts.ts';

const key = '(?<key>[A-Z][A-Z0-9]{1,9}-\\d{1,9})';

/** One ticket: what is in it, what the chosen person may do with it, and an administrator's forced move. */
export function ticketPageRoutes(vendors: ConsoleVendors, uiUrl: string): PageRoute[] {
  const { url } = vendors.jira;

  async function show(request: PageRequest): Promise<Page> {
    const jira = createJiraTickets(url, request.actor);
    const ticket = await jira.read(keyOf(request));
    const statuses = await jira.statuses(ticket);
    return {
      path: `/tickets/${ticket.key}`,
      title: `${ticket.key}: ${ticket.summary}`,
      live: html`${facts(ticket, uiUrl)}${changeTexts(ticket)}${moves(ticket, request)}${commentList(ticket)}${statusHistory(ticket)}`,
      fixed: html`${commentForm(ticket, request)}${forceForm(ticket, statuses, request)}`,
    };
  }

  const perform = (request: PageRequest) =>
    createJiraTickets(url, personOf(vendors, request)).perform(
      keyOf(request),
      request.form.get('transition') ?? '',
    );

  const comment = (request: PageRequest) =>
    createJiraTickets(url, personOf(vendors, request)).comment(
      keyOf(request),
      request.form.get('comment') ?? '',
    );

  const force = (request: PageRequest) =>
    forceStatus({
      ...{ url, control: vendors.secrets.control },
      ...{ key: keyOf(request), status: request.form.get('status') ?? '' },
    });

  /** Back to the ticket; a refused act shows the ticket as it is, with Jira's reason. */
  const act = (doIt: (request: PageRequest) => Promise<void>) => async (request: PageRequest) => {
    try {
      await doIt(request);
    } catch (error) {
      return { ...(await show(request)), ...refused(error) };
    }
    return { redirect: `/tickets/${keyOf(request)}` };
  };

  return [
    { method: 'GET', path: new RegExp(`^/tickets/${key}$`), handle: show },
    { method: 'POST', path: new RegExp(`^/tickets/${key}/transitions$`), handle: act(perform) },
    { method: 'POST', path: new RegExp(`^/tickets/${key}/comments$`), handle: act(comment) },
    { method: 'POST', path: new RegExp(`^/tickets/${key}/force$`), handle: act(force) },
  ];
}

const keyOf = (request: PageRequest) => request.params['key'] ?? '';

function facts(ticket: Ticket, uiUrl: string): Html {
  const pairs: (readonly [string, Html | string])[] = [
    ['Status', statusMark(ticket.status)],
    ...subject(ticket),
    ['Assignee', ticket.assignee?.displayName ?? 'nobody'],
    ['Created by', ticket.creator.displayName],
    ['Reporter', ticket.reporter?.displayName ?? 'nobody'],
    ['Created (UTC)', moment(ticket.created)],
    ['Temporal', runLink(uiUrl, ticket)],
  ];
  return html`<dl class="facts">
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** What the ticket is about: a version, or a build and where it goes. */
function subject({ change, agentVersion }: Ticket): (readonly [string, Html | string])[] {
  if (!change) return [['Agent-Version', html`<code>${agentVersion}</code>`]];
  return [
    ...change.lines.map(({ name, value }) => [name, value || 'empty'] as const),
    ['Components', change.components.join(', ') || 'none'],
  ];
}

function changeTexts({ change }: Ticket): Html {
  const texts = change?.texts ?? [];
  return html`${texts.map(
    ({ name, value }) =>
      html`<section>
        <h2>${name}</h2>
        ${value ? html`<div class="rich">${adfToHtml(value)}</div>` : html`<p class="empty">Nobody has filled it.</p>`}
      </section>`,
  )}`;
}

/** The buttons that Jira offers now; each says whose act it will be. */
function moves(ticket: Ticket, request: PageRequest): Html {
  const { name, displayName } = request.actor;
  const buttons = ticket.transitions.map(
    (transition) =>
      html`<button id="transition-${transition.id}" name="transition" value="${transition.id}">
        ${transition.name} → ${transition.to.name}
      </button>`,
  );
  const content = html`<input type="hidden" name="as" value="${name}" />${buttons}`;
  return html`<section aria-labelledby="moves">
    <h2 id="moves">Move it as ${displayName}</h2>
    ${
      buttons.length === 0
        ? html`<p class="empty">Jira offers no transition out of ${ticket.status.name}.</p>`
        : form(request, `/tickets/${ticket.key}/transitions`, content)
    }
  </section>`;
}

/** A decision can be a comment: /approve, /reject with a reason, /revoke. */
function commentForm(ticket: Ticket, request: PageRequest): Html {
  const { name, displayName } = request.actor;
  const content = html`<input type="hidden" name="as" value="${name}" />
    <div class="field">
      <label for="comment">Comment as ${displayName}</label>
      <textarea id="comment" name="comment" rows="2" placeholder="/approve" required>
${request.form.get('comment') ?? ''}</textarea>
    </div>
    <button>Comment</button>`;
  return html`<div class="card">${form(request, `/tickets/${ticket.key}/comments`, content)}</div>`;
}

function forceForm(ticket: Ticket, statuses: readonly string[], request: PageRequest): Html {
  const content = html`<label for="status">Status</label>
    <select id="status" name="status">
      ${statuses.map((status) => html`<option>${status}</option>`)}
    </select>
    <button>Force as Ann Keller</button>`;
  return html`<details class="card">
    <summary>Force a status as the Jira administrator</summary>
    <p>
      An administrator may set any status, listed or not. Lockkeeper leaves a forced status as it is and stops
      writing to production.
    </p>
    ${form(request, `/tickets/${ticket.key}/force`, content)}
  </details>`;
}
