import { changeApprovers, secretApprovers } from '../shared/people.ts';
import type { Resolution, Screen, Status, Transition, Workflow } from './model.ts';

// Statuses belong to the site: two workflows that spell one alike share it.
const toDo: Status = { id: '10000', name: 'ToDo', category: 'new' };
const inProgress: Status = { id: '10001', name: 'In Progress', category: 'indeterminate' };
const done: Status = { id: '10002', name: 'Done', category: 'done' };
const infoNeeded: Status = { id: '10003', name: 'Info Needed', category: 'indeterminate' };
const failed: Status = { id: '10004', name: 'Failed', category: 'indeterminate' };
const canceled: Status = { id: '10005', name: 'Canceled', category: 'done' };
/** Spelt otherwise than ToDo, with another id: the two workflows share only In Progress and Done. */
const opsToDo: Status = { id: '10010', name: 'To Do', category: 'new' };
const draft: Status = { id: '10020', name: 'Draft', category: 'new' };
const waiting: Status = { id: '10021', name: 'Waiting for approval', category: 'indeterminate' };
const approved: Status = { id: '10022', name: 'Approved', category: 'indeterminate' };
const declined: Status = { id: '10023', name: 'Declined', category: 'done' };
const manualReview: Status = { id: '10024', name: 'Manual review required', category: 'indeterminate' };
const deploying: Status = { id: '10025', name: 'Deploying', category: 'indeterminate' };
const deployFailed: Status = { id: '10026', name: 'Deploy failed', category: 'indeterminate' };
const resolved: Status = { id: '10027', name: 'Resolved', category: 'done' };
const closed: Status = { id: '10028', name: 'Closed', category: 'done' };

/** P-11…P-18: six statuses; creation leads to ToDo, Done and Canceled have no way out. */
export const deployRequestWorkflow: Workflow = {
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

/** Every status from every status. Its transition ids repeat those of the other workflows, as on real sites. */
export const simpleWorkflow: Workflow = {
  initial: opsToDo,
  statuses: [opsToDo, inProgress, done],
  transitions: [opsToDo, inProgress, done].map((to, index): Transition => ({
    id: `${index + 1}1`,
    name: to.name,
    to,
  })),
};

/**
 * Change management: ten statuses; creation leads to Draft; Declined, Canceled and Closed have no way out. Both ways
 * into Approved are the approvers' alone.
 */
export const changeWorkflow: Workflow = {
  initial: draft,
  statuses: [
    ...[draft, waiting, approved, declined, canceled, manualReview],
    ...[deploying, deployFailed, resolved, closed],
  ],
  transitions: [
    { id: '11', name: 'Ask for approval', from: draft, to: waiting },
    { id: '21', name: 'Approve', from: waiting, to: approved, onlyGroup: changeApprovers },
    { id: '31', name: 'Decline', from: waiting, to: declined },
    { id: '41', name: 'Cancel', from: waiting, to: canceled },
    { id: '51', name: 'Require manual review', from: approved, to: manualReview },
    { id: '61', name: 'Approve after review', from: manualReview, to: approved, onlyGroup: changeApprovers },
    { id: '71', name: 'Decline after review', from: manualReview, to: declined },
    { id: '81', name: 'Start deploy', from: approved, to: deploying },
    { id: '91', name: 'Resolve', from: deploying, to: resolved },
    { id: '101', name: 'Close', from: resolved, to: closed },
    { id: '111', name: 'Deploy failed', from: deploying, to: deployFailed },
    { id: '121', name: 'Ask again', from: deployFailed, to: waiting },
    { id: '131', name: 'Give up', from: deployFailed, to: canceled },
  ],
};

const wontFix: Status = { id: '10030', name: "Won't Fix", category: 'done' };
export const doneResolution: Resolution = { id: '10000', name: 'Done', description: 'Work is complete.' };
export const wontDoResolution: Resolution = {
  ...{ id: '10001', name: "Won't Do", description: 'This will not be worked on.' },
};

/**
 * Findings: open and closed, and closed for good: Won't Fix has no way out. With a screen, closing and reopening take a
 * comment along; without one Jira drops it and says nothing.
 */
export function findingWorkflow(screens: 'with screens' | 'without screens'): Workflow {
  const say = (...fields: Screen['fields']) =>
    screens === 'with screens' ? { screen: { fields, comment: true } } : {};
  return {
    initial: opsToDo,
    statuses: [opsToDo, inProgress, done, wontFix],
    transitions: [
      { id: '11', name: 'Start', from: opsToDo, to: inProgress },
      { id: '21', name: 'Close', to: done, notFrom: [done, wontFix], ...say('resolution') },
      { id: '31', name: "Won't fix", to: wontFix, notFrom: [wontFix], ...say('resolution') },
      { id: '41', name: 'Reopen', from: done, to: opsToDo, ...say('assignee') },
    ],
    resolutions: { [done.id]: doneResolution, [wontFix.id]: wontDoResolution },
  };
}

const inReview: Status = { id: '10040', name: 'In Review', category: 'indeterminate' };

/** Incidents: three hops from the first status to the last, and no way around them; nobody closes without a resolution. */
export const incidentWorkflow: Workflow = {
  initial: opsToDo,
  statuses: [opsToDo, inProgress, inReview, done],
  transitions: [
    { id: '11', name: 'Start', from: opsToDo, to: inProgress },
    { id: '21', name: 'Review', from: inProgress, to: inReview },
    {
      ...{ id: '31', name: 'Close', from: inReview, to: done },
      screen: { fields: ['resolution'], comment: true, requiresResolution: true },
    },
    { id: '41', name: 'Back to work', from: inReview, to: inProgress },
    { id: '51', name: 'Stop', from: inProgress, to: opsToDo },
    { id: '61', name: 'Reopen', from: done, to: opsToDo },
  ],
  resolutions: { [done.id]: doneResolution },
};

const requested: Status = { id: '10050', name: 'Requested', category: 'new' };
const rejected: Status = { id: '10051', name: 'Rejected', category: 'done' };

/** Changes of secrets: people of security approve, nobody else can; what was approved can be taken back until it is done. */
export const secretChangeWorkflow: Workflow = {
  initial: requested,
  statuses: [requested, approved, rejected, done],
  transitions: [
    { id: '11', name: 'Approve', from: requested, to: approved, onlyGroup: secretApprovers },
    { id: '21', name: 'Reject', from: requested, to: rejected },
    { id: '31', name: 'Complete', from: approved, to: done },
    { id: '41', name: 'Take back', from: approved, to: requested },
    { id: '51', name: 'Ask again', from: rejected, to: requested },
  ],
};

/** The listed ways out of a status, whoever may use them. */
export function transitionsFrom(workflow: Workflow, status: Status): Transition[] {
  return workflow.transitions.filter(({ from, notFrom = [] }) =>
    from ? from.id === status.id : !notFrom.some(({ id }) => id === status.id),
  );
}
