import { allFieldsJson, commentJson } from './issue-json.ts';
import { restUrl, userJson, type Rendering } from './rendering.ts';
import type { JiraEvent, Site } from './site.ts';
import { toWiki } from './wiki.ts';

/** A comment's event shows only these of its issue: custom fields are never there (contracts §2.1). */
const thinFields = ['summary', 'issuetype', 'project', 'assignee', 'priority', 'status'];

/** The body of an admin webhook: v2 shapes, so rich text is a wiki string and users have no e-mail. */
export function webhookBody(event: JiraEvent, site: Site): object {
  const rendering = site.rendering(2);
  const common = { timestamp: site.now().getTime(), webhookEvent: event.name };
  if ('comment' in event) {
    const { comment, issue } = event;
    return {
      ...common,
      comment: commentJson(comment, issue, toWiki(comment.body), rendering),
      issue: webhookIssue(event, rendering, thinFields),
      eventType: 'primaryAction',
    };
  }
  return {
    ...common,
    issue_event_type_name: event.type,
    user: userJson(event.user, rendering),
    issue: webhookIssue(event, rendering),
    ...(event.change ? { changelog: { id: event.change.id, items: event.change.items } } : {}),
  };
}

// The state at the moment of the event: a repetition much later still shows it.
function webhookIssue({ issue }: JiraEvent, rendering: Rendering, only?: readonly string[]): object {
  const all = Object.entries(allFieldsJson(issue, rendering));
  return {
    id: issue.id,
    self: restUrl(rendering, `issue/${issue.id}`),
    key: issue.key,
    fields: Object.fromEntries(only ? all.filter(([id]) => only.includes(id)) : all),
  };
}
