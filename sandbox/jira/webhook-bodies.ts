import { unpackAdf } from './adf.ts';
import { attachmentJson } from './attachment-json.ts';
import { commentJson, fieldRenderers, renderFields } from './issue-json.ts';
import { restUrl, userJson, type Rendering } from './rendering.ts';
import type { JiraEvent } from './site.ts';
import { toWiki } from './wiki.ts';

/** A comment's event shows only these of its issue: custom fields are never there (contracts §2.1). */
const thinFields = ['summary', 'issuetype', 'project', 'assignee', 'priority', 'status'];

/** The body of an admin webhook: v2 shapes, so rich text is a wiki string and users have no e-mail. */
export function webhookBody(event: JiraEvent, at: Date, rendering: Rendering): object {
  const common = { timestamp: at.getTime(), webhookEvent: event.name };
  // An attachment's event does not say of which issue it is: `jira:issue_updated` does, which is sent besides.
  if ('attachment' in event) return { ...common, attachment: attachmentJson(event.attachment, rendering) };
  if ('comment' in event) {
    const { comment, issue } = event;
    return {
      ...common,
      comment: commentJson(comment, issue, toWiki(unpackAdf(comment.body)), rendering),
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

/** The state at the moment of the event: a call made much later still shows it. */
export function frozen(event: JiraEvent): JiraEvent {
  const issue = { ...event.issue, attachments: [...event.issue.attachments] };
  return 'comment' in event ? { ...event, issue, comment: { ...event.comment } } : { ...event, issue };
}

const allFields = Object.keys(fieldRenderers);

function webhookIssue({ issue }: Pick<JiraEvent, 'issue'>, rendering: Rendering, only = allFields): object {
  return {
    id: issue.id,
    self: restUrl(rendering, `issue/${issue.id}`),
    key: issue.key,
    fields: renderFields(only, fieldRenderers, issue, rendering),
  };
}
