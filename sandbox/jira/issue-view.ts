import type { SandboxPerson } from '../shared/people.ts';
import { commentsPage } from './comments.ts';
import { allFieldsJson, changeJson, issueJson, pickFields } from './issue-json.ts';
import { linksJson, type LinkStore } from './links.ts';
import type { Issue } from './model.ts';
import type { Site } from './site.ts';
import { transitionsJson } from './transitions.ts';

/** What a reader asks to see of an issue. */
export interface Selection {
  /** Transitions are shown as this person may use them. */
  readonly reader: SandboxPerson;
  readonly fields: readonly string[];
  readonly expand: readonly string[];
  readonly properties: readonly string[];
}

export type IssueView = (issue: Issue, selection: Selection) => object;

/** `expand=changelog` shows the newest entries only, newest first; the rest has to be paged. */
const expandedChanges = 100;

/** Reads, searches and bulk fetches show issues alike. */
export function createIssueView(site: Site, links: LinkStore): IssueView {
  const rendering = () => site.rendering(3);

  function newestChanges(issue: Issue) {
    const histories = issue.changes.slice(-expandedChanges).reverse();
    return {
      startAt: 0,
      maxResults: histories.length,
      total: issue.changes.length,
      histories: histories.map((change) => changeJson(change, rendering())),
    };
  }

  return (issue, { reader, fields, expand, properties }) => {
    const all = {
      ...allFieldsJson(issue, rendering()),
      issuelinks: linksJson(links, issue, site),
      comment: commentsPage(issue, rendering()),
    };
    return {
      ...issueJson(issue, pickFields(all, fields), rendering()),
      ...(properties.length > 0 ? { properties: pickProperties(issue, properties) } : {}),
      ...(expand.includes('changelog') ? { changelog: newestChanges(issue) } : {}),
      ...(expand.includes('transitions') ? { transitions: transitionsJson(issue, reader, rendering()) } : {}),
    };
  };
}

function pickProperties(issue: Issue, wanted: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    [...issue.properties].filter(([key]) => wanted.includes(key) || wanted.includes('*all')),
  );
}
