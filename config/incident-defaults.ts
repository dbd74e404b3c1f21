/** The public original's mapping (S-90): what several statuses of a case share in Jira is never pushed back (B4). */
export const documentToIssue = {
  Submitted: 'To Do',
  Acknowledged: 'In Progress',
  'Detection and Analysis': 'In Progress',
  'Containment, Eradication and Recovery': 'In Progress',
  'Post-incident Activities': 'In Review',
  'Ready to Close': 'In Review',
  Closed: 'Done',
} as const;

export const documentToCase = {
  'To Do': 'Submitted',
  'In Progress': 'Detection and Analysis',
  'In Review': 'Post-incident Activities',
  Done: 'Closed',
} as const;

/** S-91. */
export const documentFields = [
  { case: 'title', issue: 'summary', direction: 'both', conflict: 'case', values: {} },
  { case: 'description', issue: 'description', direction: 'both', conflict: 'case', values: {} },
] as const;

/** What stands in where a field says nothing: nothing of Jira's reaches a case unasked. */
export const fieldDefaults = { direction: 'to-issue', conflict: 'case' } as const;

/** S-76. */
export const defaultIssueType = 'Task';
