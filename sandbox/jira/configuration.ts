import type {
  FieldId,
  IssueType,
  Option,
  Priority,
  Project,
  Resolution,
  SecurityLevel,
  Status,
  Workflow,
} from './model.ts';
import {
  changeWorkflow,
  deployRequestWorkflow,
  doneResolution,
  findingWorkflow,
  incidentWorkflow,
  secretChangeWorkflow,
  simpleWorkflow,
  wontDoResolution,
} from './workflows.ts';

// What an administrator would have set up on the real site: projects, types, components, priorities.

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

const changeRequest: IssueType = {
  id: '10004',
  name: 'Change Request',
  description: 'One build on its way into one controlled environment.',
  workflow: changeWorkflow,
  fields: [
    ...commonFields,
    'components',
    'customfield_10061',
    'customfield_10062',
    'customfield_10063',
    'customfield_10064',
    'customfield_10065',
    'customfield_10066',
    'customfield_10067',
    'customfield_10068',
    'customfield_10069',
    'customfield_10070',
    'customfield_10071',
  ],
  required: ['summary'],
};

/** The type that findings of inspections are filed with. */
const changeTask: IssueType = { ...task, id: '10005' };

const findingFields: readonly FieldId[] = [
  ...commonFields,
  ...(['components', 'duedate', 'customfield_10080', 'customfield_10081', 'customfield_10082'] as const),
  ...(['customfield_10083', 'customfield_10084', 'customfield_10085', 'customfield_10086'] as const),
];

const finding = (id: string, workflow: Workflow): IssueType => ({
  ...{ id, name: 'Security Finding', description: 'What a scanner found on a server.', workflow },
  fields: findingFields,
  required: ['summary'],
});

const secFindings = findingWorkflow('with screens');

/** Its create form wants to know who owns the server: what a preflight has to notice. */
const auditedFinding: IssueType = {
  ...finding('10008', secFindings),
  name: 'Audited Finding',
  required: ['summary', 'customfield_10085'],
};

const findingTask = (id: string): IssueType => ({
  ...task,
  id,
  fields: [...commonFields, 'components', 'duedate'],
});

const incidentFields: readonly FieldId[] = [
  ...commonFields,
  ...(['components', 'duedate', 'security', 'customfield_10090', 'customfield_10091'] as const),
  ...(['customfield_10092', 'customfield_10093'] as const),
];

/** People work on tasks beside the incidents, in the same workflow: no cases are made of them. */
const incident = (id: string, name: string, description: string): IssueType => ({
  ...{ id, name, description, workflow: incidentWorkflow },
  fields: incidentFields,
  required: ['summary'],
});

const secretChange: IssueType = {
  ...{ id: '10013', name: 'Secret change', description: 'Allows changes of secrets, for a time.' },
  workflow: secretChangeWorkflow,
  fields: [
    ...commonFields,
    ...(['customfield_10100', 'customfield_10101', 'customfield_10102', 'customfield_10103'] as const),
  ],
  required: ['summary'],
};

/** What the audit of secrets reports. */
const secretFinding: IssueType = {
  ...{ id: '10014', name: 'Finding', description: 'A change of a secret that nobody approved.' },
  workflow: simpleWorkflow,
  fields: [...commonFields, 'duedate', 'customfield_10100'],
  required: ['summary'],
};

/**
 * DEVOPS and GATED are the promotion's own, the one fully automatic, the other with people's approval; PRODCM is the
 * change management's; SEC and VULN take findings, INC incidents; SECCHG approves changes of secrets; OPS exists so that moves and foreign tickets can be tried.
 */
export const projects: readonly Project[] = [
  { id: '10000', key: 'DEVOPS', name: 'Devops', types: [deployRequest, devopsTask], components: [] },
  { id: '10001', key: 'OPS', name: 'Operations', types: [task], components: [] },
  { id: '10002', key: 'GATED', name: 'Gated', types: [deployRequest, devopsTask], components: [] },
  {
    ...{ id: '10003', key: 'PRODCM', name: 'Production change management' },
    types: [changeRequest, changeTask],
    components: [
      { id: '10100', name: 'web', description: 'What customers see.' },
      { id: '10101', name: 'api', description: 'What other programs call.' },
      { id: '10102', name: 'infrastructure', description: 'What it all runs on.' },
    ],
  },
  {
    ...{ id: '10004', key: 'SEC', name: 'Security findings' },
    types: [finding('10006', secFindings), findingTask('10007'), auditedFinding],
    components: [
      { id: '10110', name: 'servers', description: 'Operating systems and packages.' },
      { id: '10111', name: 'configuration', description: 'How they are set up.' },
    ],
  },
  {
    ...{ id: '10005', key: 'VULN', name: 'Vulnerabilities' },
    types: [finding('10009', findingWorkflow('without screens')), findingTask('10010')],
    components: [{ id: '10120', name: 'servers', description: 'Operating systems and packages.' }],
  },
  {
    ...{ id: '10006', key: 'INC', name: 'Security incidents' },
    types: [
      incident('10011', 'Task', 'A small piece of work.'),
      incident('10012', 'Incident', 'Something that AWS Security Incident Response knows of, or should.'),
    ],
    components: [
      { id: '10130', name: 'aws', description: 'Accounts of ours at AWS.' },
      { id: '10131', name: 'offices', description: 'Buildings, laptops and people.' },
    ],
  },
  {
    ...{ id: '10007', key: 'SECCHG', name: 'Changes of secrets' },
    types: [secretChange, secretFinding],
    components: [],
  },
];

/** Of INC alone. */
export const securityLevels: readonly SecurityLevel[] = [
  {
    ...{ id: '10500', name: 'Responders', description: 'The security operations centre.' },
    groups: ['soc', 'automation', 'jira-administrators'],
  },
  {
    ...{ id: '10501', name: 'Administrators', description: 'Whoever runs the site.' },
    groups: ['jira-administrators'],
  },
];

export const defaultPriority: Priority = { id: '3', name: 'Medium', statusColor: '#ffab00' };

export const priorities: readonly Priority[] = [
  { id: '1', name: 'Highest', statusColor: '#d04437' },
  { id: '2', name: 'High', statusColor: '#f15c75' },
  defaultPriority,
  { id: '4', name: 'Low', statusColor: '#707070' },
];

export const ownerTeams: readonly Option[] = [
  { id: '10200', value: 'platform' },
  { id: '10201', value: 'payments' },
  { id: '10202', value: 'data' },
];

export const engagementTypes: readonly Option[] = [
  { id: '10210', value: 'Security Incident' },
  { id: '10211', value: 'Investigation' },
];

export const resolutions: readonly Resolution[] = [
  doneResolution,
  wontDoResolution,
  { id: '10002', name: 'Duplicate', description: 'The problem is a duplicate of an existing issue.' },
];

/** By key or id; keys are compared without regard to case, as Jira does. */
export function findProject(keyOrId: string): Project | undefined {
  return projects.find((project) => project.id === keyOrId || project.key === keyOrId.toUpperCase());
}

/** Each status once, whichever workflows share it. */
export function allStatuses(): Status[] {
  return [...new Set(projects.flatMap((project) => project.types).flatMap((type) => type.workflow.statuses))];
}
