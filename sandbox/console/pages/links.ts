import { readPipelines, type ConsolePipeline } from '../gitlab-pipelines.ts';
import { html, outsideLink, type Html } from '../html.ts';
import type { ConsoleVendors, PageRoute } from '../page.ts';
import { moment } from './ticket-parts.ts';

/** GitLab's pipelines, the Web UI, and where each part of the sandbox listens. */
export function linkRoutes(vendors: ConsoleVendors, uiUrl: string): PageRoute[] {
  const devops = vendors.people.find((person) => person.name === 'dana');
  return [
    {
      method: 'GET',
      path: /^\/links$/,
      async handle({ actor }) {
        // Only DevOps has a role in the project (P-35).
        const reader = actor.groups.includes('devops') ? actor : (devops ?? actor);
        const pipelines = await readPipelines(vendors.gitlab.url, reader);
        return {
          ...{ path: '/links', title: 'Pipelines and links' },
          live: pipelineTable(pipelines),
          fixed: places(vendors, uiUrl),
        };
      },
    },
  ];
}

function pipelineTable(pipelines: readonly ConsolePipeline[]): Html {
  if (pipelines.length === 0)
    return html`<h2>GitLab pipelines</h2>
      <p class="empty">No pipeline has run yet.</p>`;
  return html`<h2>GitLab pipelines</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Pipeline</th>
            <th scope="col">Status</th>
            <th scope="col">Name</th>
            <th scope="col">Ref</th>
            <th scope="col">Created (UTC)</th>
          </tr>
        </thead>
        <tbody>
          ${pipelines.map(
            (pipeline) =>
              html`<tr>
                <th scope="row">${outsideLink(pipeline.web_url, `#${pipeline.id}`)}</th>
                <td><span class="status" data-tone="${tones[pipeline.status]}">${pipeline.status}</span></td>
                <td class="text">${pipeline.name ?? ''}</td>
                <td><code>${pipeline.ref}</code></td>
                <td>${moment(pipeline.created_at)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

const tones: Readonly<Record<string, string>> = {
  success: 'done',
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
