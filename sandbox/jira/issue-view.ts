import type { SandboxPerson } from '../shared/people.ts';
import { commentsPage } from './comments.ts';
import { changeJson, fieldRenderers, issueJson, pickFields, renderFields } from './issue-json.ts';
import type { FieldRenderer } from './issue-json.ts';
import { linksJson } from './links.ts';
import type { LinkStore } from './link-store.ts';
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
  const renderers: Readonly<Record<string, FieldRenderer>> = {
    ...fieldRenderers,
    issuelinks: (issue) => linksJson(links, issue, site),
    comment: (issue, how) => commentsPage(issue, how),
  };
  const all = Object.keys(renderers);
  // A page shows all its issues alike: the choice is made once.
  let picked: { wanted?: readonly string[]; ids: readonly string[] } = { ids: [] };

  function idsOf(wanted: readonly string[]): readonly string[] {
    if (picked.wanted !== wanted) picked = { wanted, ids: pickFields(all, wanted) };
    return picked.ids;
  }

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
    const shown = renderFields(idsOf(fields), renderers, issue, rendering());
    return {
      ...issueJson(issue, shown, rendering()),
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
