import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Cloud from 'jira.js/cloud';

const require = createRequire(import.meta.url);
const folder = path.join(path.dirname(require.resolve('jira.js/package.json')), 'dist/cloud/api');

/**
 * The calls of Jira that are made here, each from the file of jira.js that has it. `jira.js/cloud` has them too, and a
 * thousand modules more: to read those is a third of what it costs to start a worker, and half of it for the CLI.
 */
const load = (file: string) => require(path.join(folder, `${file}.js`)) as typeof Cloud;

export const { assignIssue, bulkFetchIssues, doTransition, editIssue, getIssue } = load('issues');
export const { createIssue, createIssues, getChangeLogs, getTransitions } = load('issues');
export const { getCreateIssueMetaIssueTypeId, getCreateIssueMetaIssueTypes } = load('issues');
export const { addAttachment } = load('issueAttachments');
export const { addComment, getComment, getComments, updateComment } = load('issueComments');
export const { getFields } = load('issueFields');
export const { linkIssues } = load('issueLinks');
export const { deleteIssueProperty, getIssueProperty, setIssueProperty } = load('issueProperties');
export const { searchAndReconsileIssuesUsingJqlPost } = load('issueSearch');
export const { addWatcher, getIssueWatchers } = load('issueWatchers');
export const { getUsersFromGroup } = load('groups');
export const { getCurrentUser } = load('myself');
export const { getMyPermissions } = load('permissions');
export const { getAllStatuses, getProject } = load('projects');
export const { findUsers } = load('userSearch');
