import { html, type Html } from '../html.ts';
import { createJiraTickets } from '../jira-tickets.ts';
import {
  form,
  personOf,
  personOptions,
  type ConsoleVendors,
  type Page,
  type PageRequest,
  type PageRoute,
} from '../page.ts';
import { refused } from '../refused.ts';

/** Filing a promotion request. What is typed goes to Jira as it is: bad versions are Lockkeeper's to find. */
export function newTicketRoutes(vendors: ConsoleVendors): PageRoute[] {
  const show = (request: PageRequest): Page => ({
    ...{ path: '/tickets/new', title: 'New promotion request' },
    fixed: requestForm(vendors, request),
  });

  async function file(request: PageRequest) {
    const summary = request.form.get('summary') ?? '';
    const project = request.form.get('project') ?? 'DEVOPS';
    const agentVersion = request.form.get('agentVersion') ?? '';
    try {
      const jira = createJiraTickets(vendors.jira.url, personOf(vendors, request));
      return { redirect: `/tickets/${await jira.file({ project, summary, agentVersion })}` };
    } catch (error) {
      return { ...show(request), ...refused(error) };
    }
  }

  return [
    { method: 'GET', path: /^\/tickets\/new$/, handle: show },
    { method: 'POST', path: /^\/tickets$/, handle: file },
  ];
}

function requestForm({ people }: ConsoleVendors, request: PageRequest): Html {
  const typed = (name: string) => request.form.get(name) ?? '';
  const content = html`<div class="field">
      <label for="as">Filed by</label>
      <select id="as" name="as">
        ${personOptions(people, typed('as') || request.actor.name)}
      </select>
    </div>
    <div class="field">
      <label for="project">Project</label>
      <select id="project" name="project">
        <option value="DEVOPS">DEVOPS: fully automatic</option>
        <option value="GATED">GATED: somebody of devops approves production</option>
      </select>
    </div>
    <div class="field">
      <label for="summary">Summary</label>
      <input id="summary" name="summary" value="${typed('summary')}" maxlength="255" required />
    </div>
    <div class="field">
      <label for="agentVersion">Agent-Version</label>
      <input
        id="agentVersion"
        name="agentVersion"
        value="${typed('agentVersion')}"
        aria-describedby="version-hint"
        autocomplete="off"
      />
      <p class="hint" id="version-hint">
        Such as 1.4.2. Jira takes any text; Lockkeeper asks for a valid version on the ticket.
      </p>
    </div>
    <button>File the request</button>`;
  return html`<div class="card">${form(request, '/tickets', content)}</div>`;
}
