import type { FindingSourceConfig } from './halo-schema.ts';

/** What new tickets of one place are made of; Jira's create form there must have it all. */
export interface FindingForm {
  /** Of the route in the source, or empty: the source's own project and type. */
  readonly path: string;
  readonly project: string;
  readonly issueType: string;
  /** By name or id, those that every ticket there may have. */
  readonly fields: readonly string[];
}

/** Of each route that makes tickets, and of what no route takes. */
export function formsOf(source: FindingSourceConfig): FindingForm[] {
  const { project, issueType, routes } = source;
  const common = [
    ...Object.values(source.mapping).flat(),
    ...Object.keys(source.static),
    ...(Object.keys(source.dueDays).length > 0 ? ['duedate'] : []),
  ];
  const own = routes.flatMap((route, index) =>
    route.sync
      ? [
          {
            path: `.routes[${index}]`,
            project: route.project ?? project,
            issueType: route.issueType ?? issueType,
            fields: [
              ...common,
              ...(route.priority === undefined ? [] : ['priority']),
              ...(route.components.length > 0 ? ['components'] : []),
              ...(route.assignee === undefined ? [] : ['assignee']),
            ],
          },
        ]
      : [],
  );
  return source.unrouted === 'park' ? own : [{ path: '', project, issueType, fields: common }, ...own];
}
