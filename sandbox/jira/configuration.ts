import type { FieldId, IssueType, Priority, Project, Status, Transition, Workflow } from './model.ts';

// What an administrator would have set up on the real site: projects, types, statuses, transitions.

const toDo: Status = { id: '10000', name: 'ToDo', category: 'new' };
const inProgress: Status = { id: '10001', name: 'In Progress', category: 'indeterminate' };
const done: Status = { id: '10002', name: 'Done', category: 'done' };
const infoNeeded: Status = { id: '10003', name: 'Info Needed', category: 'indeterminate' };
const failed: Status = { id: '10004', name: 'Failed', category: 'indeterminate' };
const canceled: Status = { id: '10005', name: 'Canceled', category: 'done' };
/** Spelt otherwise than ToDo, with another id: the two projects share only In Progress and Done. */
const opsToDo: Status = { id: '10010', name: 'To Do', category: 'new' };

/** P-11…P-18: six statuses; creation leads to ToDo, Done and Canceled have no way out. */
const deployRequestWorkflow: Workflow = {
  initial: toDo,
  statuses: [toDo, inProgress, done, infoNeeded, failed, canceled],
  transitions: [
    { id: '11', name: 'Ask for information', from: toDo, to: infoNeeded },
    { id: '21', name: 'Start', from: toDo, to: inProgress },
    { id: '31', name: 'Complete', from: inProgress, to: done },
    { id: '41', name: 'Fail', from: inProgress, to: failed },
    { id: '51', name: 'Resubmit', from: infoNeeded, to: toDo },
    { id: '61', name: 'Cancel', from: infoNeeded, to: canceled },
    { id: '71', name: 'Retry', from: failed, to: toDo },
    { id: '81', name: 'Give up', from: failed, to: canceled },
  ],
};

/** Every status from every status. Its transition ids repeat those of the other workflow, as on real sites. */
const simpleWorkflow: Workflow = {
  initial: opsToDo,
  statuses: [opsToDo, inProgress, done],
  transitions: [opsToDo, inProgress, done].map((to, index): Transition => ({
    id: `${index + 1}1`,
    name: to.name,
    to,
  })),
};

const commonFields: readonly FieldId[] = [
  'summary',
  'description',
  'labels',
  'priority',
  'assignee',
  'reporter',
];

const deployRequest: IssueType = {
  id: '10001',
  name: 'Security Agent Deploy Request',
  description: 'Promotes one version of the security agent to every production account.',
  workflow: deployRequestWorkflow,
  fields: [...commonFields, 'customfield_10050'],
  required: ['summary', 'customfield_10050'],
};

const task: IssueType = {
  id: '10002',
  name: 'Task',
  description: 'A small piece of work.',
  workflow: simpleWorkflow,
  fields: commonFields,
  required: ['summary'],
};

/** Every project has tasks of its own: the type that drift is reported with. */
const devopsTask: IssueType = { ...task, id: '10003' };

/**
 * DEVOPS and GATED are the process's own, the one fully automatic, the other with people's approval; OPS exists so that
 * moves and foreign tickets can be tried.
 */
export const projects: readonly Project[] = [
  { id: '10000', key: 'DEVOPS', name: 'Devops', types: [deployRequest, devopsTask] },
  { id: '10001', key: 'OPS', name: 'Operations', types: [task] },
  { id: '10002', key: 'GATED', name: 'Gated', types: [deployRequest, devopsTask] },
];

export const defaultPriority: Priority = { id: '3', name: 'Medium', statusColor: '#ffab00' };

export const priorities: readonly Priority[] = [
  { id: '1', name: 'Highest', statusColor: '#d04437' },
  { id: '2', name: 'High', statusColor: '#f15c75' },
  defaultPriority,
  { id: '4', name: 'Low', statusColor: '#707070' },
];

/** By key or id; keys are compared without regard to case, as Jira does. */
export function findProject(keyOrId: string): Project | undefined {
  return projects.find((project) => project.id === keyOrId || project.key === keyOrId.toUpperCase());
}

/** Each status once, whichever workflows share it. */
export function allStatuses(): Status[] {
  return [...new Set(projects.flatMap((project) => project.types).flatMap((type) => type.workflow.statuses))];
}

/** The listed ways out of a status. */
export function transitionsFrom(workflow: Workflow, status: Status): Transition[] {
  return workflow.transitions.filter((transition) => !transition.from || transition.from.id === status.id);
}
