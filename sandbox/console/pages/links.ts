import { agentPromotionProject, shopWebProject } from '../../gitlab/project.ts';
import { createGitlabReader, type ConsoleMergeRequest, type ConsolePipeline } from '../gitlab-pipelines.ts';
import { html, outsideLink, type Html } from '../html.ts';
import type { ConsoleVendors, PageRoute } from '../page.ts';
import { moment } from './ticket-parts.ts';

/** GitLab's merge requests and pipelines, the Web UI, and where each part of the sandbox listens. */
export function linkRoutes(vendors: ConsoleVendors, uiUrl: string): PageRoute[] {
  const devops = vendors.people.find((person) => person.name === 'dana');
  return [
    {
      method: 'GET',
      path: /^\/links$/,
      async handle({ actor }) {
        // Only DevOps has a role in both projects (P-35).
        const reader = actor.groups.includes('devops') ? actor : (devops ?? actor);
        const [promotion, shop] = [agentPromotionProject.path, shopWebProject.path].map((project) =>
          createGitlabReader(vendors.gitlab.url, reader, project),
        );
        return {
          ...{ path: '/links', title: 'Pipelines and links' },
          live: html`${mergeRequestTable(shopWebProject.path, (await shop?.mergeRequests()) ?? [])}
          ${pipelineTable(shopWebProject.path, (await shop?.pipelines()) ?? [])}
          ${pipelineTable(agentPromotionProject.path, (await promotion?.pipelines()) ?? [])}`,
          fixed: places(vendors, uiUrl),
        };
      },
    },
  ];
}

function mergeRequestTable(project: string, found: readonly ConsoleMergeRequest[]): Html {
  const rows = found.map(
    ({ iid, title, state, author, updated_at: at, web_url: href }) =>
      html`<tr>
        <th scope="row">${outsideLink(href, `!${iid}`)}</th>
        <td><span class="status" data-tone="${tones[state] ?? 'quiet'}">${state}</span></td>
        <td class="text">${title}</td>
        <td>${author.name}</td>
        <td>${moment(at)}</td>
      </tr>`,
  );
  const columns = ['Merge request', 'State', 'Title', 'Author', 'Changed (UTC)'];
  return table({ title: `Merge requests of ${project}`, empty: 'None yet.', columns, rows });
}

function pipelineTable(project: string, found: readonly ConsolePipeline[]): Html {
  const rows = found.map(
    ({ id, status, name, ref, sha, created_at: at, web_url: href }) =>
      html`<tr>
        <th scope="row">${outsideLink(href, `#${id}`)}</th>
        <td><span class="status" data-tone="${tones[status] ?? 'quiet'}">${status}</span></td>
        <td class="text">${name ?? ''}</td>
        <td><code>${ref}</code></td>
        <td><code title="${sha}">${sha.slice(0, 8)}</code></td>
        <td>${moment(at)}</td>
      </tr>`,
  );
  const columns = ['Pipeline', 'Status', 'Name', 'Ref', 'Commit', 'Created (UTC)'];
  return table({ title: `Pipelines of ${project}`, empty: 'No pipeline has run yet.', columns, rows });
}

function table(shown: {
  readonly title: string;
  readonly empty: string;
  readonly columns: readonly string[];
  readonly rows: readonly Html[];
}): Html {
  const { title, empty, columns, rows } = shown;
  if (rows.length === 0)
    return html`<h2>${title}</h2>
      <p class="empty">${empty}</p>`;
  return html`<h2>${title}</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col">${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
}

const tones: Readonly<Record<string, string>> = {
  success: 'done',
  merged: 'done',
  manual: 'indeterminate',
  opened: 'indeterminate',
  failed: 'bad',
  canceled: 'quiet',
  running: 'indeterminate',
};

function places({ jira, gitlab, slack, aws }: ConsoleVendors, uiUrl: string): Html {
  const workflows = `${uiUrl}/namespaces/default/workflows`;
  const rows = [
    ['Temporal Web UI', outsideLink(workflows, workflows)],
    ['Jira (REST v3)', html`<code>${jira.url}</code>`],
    ['GitLab (REST v4)', html`<code>${gitlab.url}</code>`],
    ['Slack (Web API)', html`<code>${slack.url}/api/</code>`],
    ['AWS (every service)', html`<code>${aws.url}</code>`],
  ] as const;
  return html`<h2>Where things are</h2>
    <div class="scroll">
      <table>
        <tbody>
          ${rows.map(
            ([name, place]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${place}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="hint">
      People’s credentials and the starters’ address are in <code>.run/endpoints.json</code>. Each vendor’s
      log of requests is <code>GET /_sandbox/requests</code> with the header <code>X-Sandbox-Token</code>.
    </p>`;
}
