import type { VendorResponse } from '../shared/front.ts';
import { statusLabel } from './entities.ts';
import type { Commit } from './commit.ts';
import { GitlabRefusal, notFound } from './gitlab-refusal.ts';
import type { Job, Pipeline } from './pipeline.ts';
import type { MergeRequest } from './merge-request.ts';
import type { ProjectState } from './project-state.ts';

/** The pages behind `web_url`: a pipeline with its jobs, one job, a merge request or a commit. Anybody on this machine may read them. */
export function webPage(
  path: string,
  { project, store, mergeRequests, repository }: ProjectState,
): VendorResponse | undefined {
  const prefix = `/${project.path}/-/`;
  const rest = path.startsWith(prefix) ? path.slice(prefix.length) : '';
  const match = /^(pipelines|jobs|merge_requests|commit)\/([0-9a-f]{1,40})$/.exec(rest);
  if (!match) return undefined;
  const id = Number(match[2]);
  try {
    if (match[1] === 'merge_requests') return html(200, mergeRequestPage(found(mergeRequests.find(id))));
    if (match[1] === 'commit') return html(200, commitPage(found(repository.find(match[2] ?? ''))));
    return html(200, match[1] === 'jobs' ? jobPage(store.job(id)) : pipelinePage(store.pipeline(id)));
  } catch (error) {
    if (!(error instanceof GitlabRefusal)) throw error;
    return html(404, `<h1>404</h1><p>There is no such page in ${escapeHtml(project.path)}.</p>`);
  }
}

function found<Record>(record: Record | undefined): Record {
  if (record === undefined) throw notFound();
  return record;
}

function mergeRequestPage({ iid, title, state, author, commits, notes }: MergeRequest): string {
  const told = notes.map(
    ({ at, user, text }) => `<li>${at.toISOString()} ${escapeHtml(`${user.name}: ${text}`)}</li>`,
  );
  return `<h1>!${iid} ${escapeHtml(title)}</h1>
<p>${state}, by ${escapeHtml(author.name)}, ${commits.length} commits</p>
<ul>${told.join('')}</ul>`;
}

function commitPage({ sha, message, author, committedDate }: Commit): string {
  return `<h1><code>${sha.slice(0, 8)}</code></h1>
<p>${escapeHtml(`${author.name} <${author.email}>`)}, ${committedDate.toISOString()}</p>
<pre>${escapeHtml(message)}</pre>`;
}

function pipelinePage(pipeline: Pipeline): string {
  const variables = pipeline.variables.map(
    ({ key, value }) => `<li><code>${escapeHtml(`${key}=${value}`)}</code></li>`,
  );
  return `<h1>Pipeline #${pipeline.id}: ${statusLabel(pipeline.status)}</h1>
<p>${escapeHtml(pipeline.name ?? '')} on <code>${escapeHtml(pipeline.ref)}</code> by ${escapeHtml(pipeline.user.username)},
created ${pipeline.createdAt.toISOString()}</p>
<ul>${variables.join('')}</ul>
${pipeline.jobs.map(jobSection).join('\n')}`;
}

function jobPage(job: Job): string {
  return `<p><a href="../pipelines/${job.pipeline.id}">Pipeline #${job.pipeline.id}</a></p>\n${jobSection(job)}`;
}

function jobSection(job: Job): string {
  const { name, stage } = job.definition;
  const heading = `${escapeHtml(stage)} / ${escapeHtml(name)}: ${statusLabel(job.status)}`;
  const link = `<a href="../jobs/${job.id}">#${job.id}</a>`;
  return `<h2>${heading} ${link}</h2>\n<pre>${escapeHtml(job.trace)}</pre>`;
}

function html(status: number, content: string): VendorResponse {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>GitLab (sandbox)</title>
<style>body{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{background:#f4f4f4;padding:1rem;overflow:auto}</style>
${content}</html>`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
