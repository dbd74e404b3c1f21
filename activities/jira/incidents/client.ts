import { editComment, ensureIncidentComment } from './comments.ts';
import { createIssue } from './create-issue.ts';
import { download, upload } from './files.ts';
import { findChanged, findMarked } from './find-issues.ts';
import { moveTo } from './move-to.ts';
import { openIncidents, type IncidentTicketsOptions } from './open-incidents.ts';
import type { IncidentTickets } from './port.ts';
import { readIssue } from './read-issue.ts';
import { canBrowse, findFormFaults } from './site-faults.ts';
import { readIssueMark, removeMark, setMark } from './tie.ts';
import { addWatchers } from './watchers.ts';
import { writeFields } from './write-fields.ts';

/** The issues of one connection on its Jira site, REST v3, through jira.js. Cancellation and time limits are http.ts's. */
export function createIncidentTickets(options: IncidentTicketsOptions): IncidentTickets {
  const open = openIncidents(options);
  return {
    readIssue: async (issueId, fields) => readIssue(open, issueId, fields),
    canBrowse: async (project) => canBrowse(open, project),
    findMarked: async (label) => findMarked(open, label),
    createIssue: async (order) => createIssue(open, order),
    setMark: async (issueId, mark, label) => setMark(open, issueId, mark, label),
    removeMark: async (issueId, label) => removeMark(open, issueId, label),
    readMark: async (issueId) => readIssueMark(open, issueId),
    writeFields: async (issueId, fields) => writeFields(open, issueId, fields),
    moveTo: async (issueId, status, moving) => moveTo(open, issueId, status, moving),
    ensureComment: async (issueId, body, property) =>
      ensureIncidentComment(open, issueId, { body, property }),
    updateComment: async (issueId, commentId, body) => editComment(open, issueId, commentId, body),
    download: async (attachmentId) => download(open, attachmentId),
    upload: async (issueId, input) => upload(open, issueId, input),
    addWatchers: async (issueId, emails) => addWatchers(open, issueId, emails),
    findChanged: async (withinMinutes) => findChanged(open, withinMinutes),
    findFormFaults: async () => findFormFaults(open),
  };
}
