import assert from 'node:assert/strict';
import { createAdfJudge } from '../../support/adf-judge.ts';
import { createJudge, specsDirOrSkip, type Judge } from '../../support/contract-judge.ts';
import { findingIssue } from './finding-issue.ts';
import {
  changeFields,
  changeRequest,
  deployRequest,
  paragraph,
  startJira,
  type RunningJira,
} from './jira-site.ts';

/** Keys that Atlassian's examples always show and right answers lack: last pages, Key items, bare ids, free fields, Compass. */
const optional = {
  PageBeanChangelog: ['nextPage'],
  ChangeDetails: ['fieldId'],
  IssueBean: ['key', 'self'],
  FieldMetadata: ['allowedValues'],
  FieldDetails: ['schema'],
  AttachmentMetadata: ['thumbnail'],
  IssueTransition: ['fields'],
  ProjectComponent: ['ari', 'assignee', 'lead', 'metadata', 'realAssignee'],
};

const incident = {
  ...{ project: { key: 'INC' }, issuetype: { name: 'Incident' }, summary: 'Stolen key' },
  customfield_10092: { value: 'Investigation' },
};

// In order: `issue` is in progress with a comment, a property, a link and a move in its past; `change` waits for approval.
const exchanges: [method: string, path: string, body?: unknown, name?: string][] = [
  ['POST', '/issue', { fields: deployRequest({ description: paragraph('why'), labels: ['a'] }) }],
  ['POST', '/issue', { fields: deployRequest({ customfield_10050: '' }) }],
  ['GET', '/issue/{issue}?fields=*all&expand=changelog,transitions&properties=*all'],
  ['GET', '/issue/DEVOPS-9999'],
  ['PUT', '/issue/{issue}', { fields: { customfield_10050: '1.4.3' }, update: { labels: [{ add: 'b' }] } }],
  ['PUT', '/issue/{issue}', { fields: { nothing: 1 } }],
  // null unassigns too, but the document gives accountId no nullable.
  ['PUT', '/issue/{issue}/assignee', { accountId: '-1' }],
  ['GET', '/issue/{issue}/changelog?startAt=0&maxResults=1'],
  ['GET', '/issue/{issue}/changelog'],
  ['GET', '/issue/{issue}/transitions?expand=transitions.fields'],
  ['POST', '/issue/{issue}/transitions', { transition: { id: '31' } }],
  ['POST', '/issue/{issue}/transitions', { transition: { id: '11' } }],
  ['POST', '/issue/{issue}/comment', { body: paragraph('x'), properties: [{ key: 'k', value: 1 }] }],
  ['GET', '/issue/{issue}/comment?expand=properties'],
  ['GET', '/issue/{issue}/comment/{comment}'],
  ['PUT', '/issue/{issue}/comment/{comment}', { body: paragraph('y') }, 'ann'],
  ['PUT', '/issue/{issue}/comment/{comment}', { body: paragraph('y') }, 'eve'],
  ['DELETE', '/issue/{issue}/comment/{comment}', undefined, 'ann'],
  ['GET', '/issue/{issue}/properties'],
  ['PUT', '/issue/{issue}/properties/k', { a: 1 }],
  ['GET', '/issue/{issue}/properties/k'],
  ['DELETE', '/issue/{issue}/properties/k'],
  ['GET', '/issue/{issue}/properties/k'],
  ['POST', '/issue/bulkfetch', { issueIdsOrKeys: ['{issue}', 'DEVOPS-9999'], fields: ['status'] }],
  ['POST', '/search/jql', { jql: 'project = DEVOPS', fields: ['*all'], maxResults: 1 }],
  ['POST', '/search/jql', { jql: 'project = DEVOPS' }],
  ['GET', '/search/jql?jql=project%3DDEVOPS&fields=status,summary&expand=changelog'],
  ['GET', '/search/jql?jql=order%20by%20key'],
  ['POST', '/search/approximate-count', { jql: 'project = DEVOPS' }],
  [
    'POST',
    '/issue',
    {
      fields: { project: { key: 'DEVOPS' }, issuetype: { name: 'Task' }, summary: 'Drift', labels: ['lk-1'] },
      properties: [{ key: 'lockkeeper', value: { key: 'drift/1', version: 1 } }],
    },
  ],
  [
    'POST',
    '/search/jql',
    { jql: 'labels = "lk-1"', fields: ['status', 'creator'], properties: ['lockkeeper'] },
  ],
  ['GET', '/issueLinkType'],
  [
    'POST',
    '/issueLink',
    { type: { name: 'Relates' }, inwardIssue: { key: '{issue}' }, outwardIssue: { key: '{other}' } },
  ],
  ['GET', '/issueLink/10001'],
  ['DELETE', '/issueLink/10001'],
  ['GET', '/issue/createmeta?projectKeys=DEVOPS&expand=projects.issuetypes.fields'],
  ['GET', '/issue/createmeta/DEVOPS/issuetypes'],
  ['GET', '/issue/createmeta/DEVOPS/issuetypes/10001'],
  ['GET', '/field'],
  ['GET', '/project'],
  ['GET', '/project/search?keys=DEVOPS'],
  ['GET', '/project/DEVOPS'],
  ['GET', '/project/NOPE'],
  ['GET', '/project/DEVOPS/statuses'],
  ['GET', '/user/search?query=sam'],
  ['GET', '/user/assignable/search?project=DEVOPS'],
  ['GET', '/myself?expand=groups'],
  ['GET', '/mypermissions?permissions=CREATE_ISSUES,ADMINISTER'],
  ['GET', '/serverInfo'],
  ['POST', '/issue', { fields: changeRequest(), properties: [{ key: 'lockkeeper', value: { run: 1 } }] }],
  ['POST', '/issue', { fields: changeRequest({ components: [{ name: 'mobile' }] }) }],
  [
    'PUT',
    '/issue/{change}',
    {
      fields: { [changeFields.rollbackPlan]: paragraph('y'), [changeFields.build]: '2' },
      update: { components: [{ add: { name: 'api' } }, { remove: { id: '10100' } }] },
    },
  ],
  ['PUT', '/issue/{change}', { fields: { [changeFields.rollbackPlan]: 'wiki' } }],
  ['GET', '/issue/{change}?fields=*all&expand=changelog,transitions&properties=*all', undefined, 'sue'],
  ['GET', '/issue/{change}/changelog'],
  ['GET', '/issue/{change}/transitions?includeUnavailableTransitions=true', undefined, 'eve'],
  ['POST', '/issue/{change}/transitions', { transition: { id: '21' } }, 'eve'],
  ['POST', '/issue/{change}/transitions', { transition: { id: '21' } }, 'sue'],
  [
    'POST',
    '/search/jql',
    {
      jql: 'project = PRODCM AND cf[10064] ~ "2" AND statusCategory != Done',
      fields: ['*all'],
      properties: ['lockkeeper'],
    },
  ],
  ['GET', '/issue/createmeta?projectKeys=PRODCM&expand=projects.issuetypes.fields'],
  ['GET', '/issue/createmeta/PRODCM/issuetypes/10004'],
  ['GET', '/project/PRODCM'],
  ['GET', '/project/PRODCM/statuses'],
  ['POST', '/issue/bulk', { issueUpdates: [{ fields: findingIssue() }, { fields: {} }] }],
  ['POST', '/issue/bulk', { issueUpdates: [{ fields: {} }] }],
  [
    'POST',
    '/issue/bulk',
    {
      issueUpdates: [
        { fields: findingIssue(), transition: { id: '21' } },
        { fields: findingIssue(), transition: { id: '41' } },
      ],
    },
  ],
  ['GET', '/issue/{finding}?fields=*all&expand=changelog,transitions&properties=*all'],
  ['GET', '/issue/{finding}/editmeta'],
  ['GET', '/issue/{finding}/transitions?expand=transitions.fields'],
  [
    'POST',
    '/issue/{finding}/transitions',
    {
      ...{ transition: { id: '21' }, properties: [{ key: 'k', value: 1 }] },
      update: { comment: [{ add: { body: paragraph('resolved') } }] },
    },
  ],
  ['PUT', '/issue/{finding}?notifyUsers=false&returnIssue=true', { fields: { duedate: '2026-12-02' } }],
  ['GET', '/issue/{finding}?fields=*all&expand=changelog'],
  ['GET', '/attachment/{attachment}'],
  ['GET', '/attachment/content/{attachment}'],
  ['GET', '/attachment/{attachment}0'],
  ['GET', '/issue/createmeta/SEC/issuetypes/10008'],
  [
    'POST',
    '/search/jql',
    {
      jql: 'cf[10080] ~ "8f14e45f" AND resolution = Unresolved',
      ...{ fields: ['*all'], properties: ['lockkeeper'], reconcileIssues: [10001] },
    },
  ],
  ['DELETE', '/attachment/{attachment}', undefined, 'ann'],
  ['GET', '/issue/{finding}/changelog'],
  ['GET', '/project/INC'],
  ['GET', '/project/INC/statuses'],
  ['GET', '/issue/createmeta/INC/issuetypes'],
  ['GET', '/issue/createmeta/INC/issuetypes/10012'],
  ['GET', '/mypermissions?permissions=BROWSE_PROJECTS&projectKey=INC'],
  [
    'POST',
    '/issue',
    {
      fields: { ...incident, security: { id: '10500' }, customfield_10091: ['111122223333'] },
      properties: [{ key: 'lockkeeper', value: { incident: { caseId: '1' } } }],
    },
    'sofia',
  ],
  ['POST', '/issue', { fields: { ...incident, security: { name: 'Nobody' } } }],
  ['GET', '/issue/INC-1?fields=*all&properties=*all', undefined, 'sam'],
  ['GET', '/issue/INC-1', undefined, 'dev'],
  ['GET', '/issue/INC-1/transitions?expand=transitions.fields', undefined, 'sam'],
  ['POST', '/issue/INC-1/transitions', { transition: { id: '31' } }, 'sam'],
  [
    'POST',
    '/issue/INC-1/comment',
    { body: paragraph('x'), visibility: { type: 'group', value: 'soc' } },
    'sam',
  ],
  ['GET', '/issue/INC-1/comment?expand=properties', undefined, 'sofia'],
  ['PUT', '/issue/INC-1/properties/lockkeeper', { a: 1 }, 'sam'],
  ['DELETE', '/issue/INC-1/properties/lockkeeper', undefined, 'sam'],
  ['GET', '/user/search?query=eve@example.com'],
  ['DELETE', '/issue/{issue}', undefined, 'eve'],
  ['DELETE', '/issue/{issue}', undefined, 'ann'],
];

describe('jira sandbox: judged by Atlassian’s document', function () {
  this.timeout(20_000);
  let jira: RunningJira;
  let judge: Judge;
  let adfFaults: ReturnType<typeof createAdfJudge>;
  const names: Record<string, string> = {};

  before(async function () {
    const directory = specsDirOrSkip(this);
    judge = await createJudge({ document: 'jira-v3.trimmed.json', overlayKey: 'jira', optional }, directory);
    adfFaults = createAdfJudge(directory);
    jira = await startJira();
    const fields = deployRequest({ assignee: { accountId: jira.person('dev').jira.accountId } });
    const seeded = await jira.control('seed', {
      issues: [
        { as: 'sofia', fields, status: 'ToDo' },
        { fields },
        { as: 'jira-bot', fields: changeRequest(), status: 'Waiting for approval' },
        { as: 'jira-bot', fields: findingIssue() },
      ],
    });
    const [issue, other, change, finding] = (seeded.body as { issues: { key: string }[] }).issues;
    await jira.control('move', { as: 'ann', issue: issue?.key, project: 'OPS' });
    await jira.control('move', { as: 'ann', issue: issue?.key, project: 'DEVOPS' });
    const comment = await jira.call('POST', `/issue/${issue?.key}/comment`, { body: paragraph('first') });
    const attachments = [{ filename: 'finding.json', content: '{}', contentType: 'application/json' }];
    const [attachment] = await jira
      .as('jira-bot')
      .issueAttachments.addAttachment({ issueIdOrKey: finding?.key ?? '', attachments });
    Object.assign(names, {
      issue: issue?.key,
      other: other?.key,
      change: change?.key,
      finding: finding?.key,
      attachment: attachment?.id,
      comment: (comment.body as { id: string }).id,
    });
  });
  after(() => jira?.stop());

  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? '');

  for (const [index, [method, path, body, name]] of exchanges.entries())
    it(`${index + 1}. ${method} ${path}`, async () => {
      const sent = body === undefined ? undefined : (JSON.parse(fill(JSON.stringify(body))) as unknown);
      const {
        path: url,
        query,
        requestBody,
        status,
        body: answer,
      } = await jira.call(method, fill(path), sent, name);
      assert.deepEqual(judge(method, url, query, requestBody, status, answer), [], JSON.stringify(answer));
      for (const document of richTexts(answer)) assert.deepEqual(adfFaults(document), []);
    });

  it('notices what is wrong: the judge is not asleep', async () => {
    const { body } = await jira.call('GET', '/myself');
    const without = Object.fromEntries(Object.entries(body as object).filter(([key]) => key !== 'accountId'));
    const url = '/rest/api/3/myself';
    assert.match(judge('GET', url, '', undefined, 200, without).join(), /required property 'accountId'/);
    assert.match(
      judge('GET', url, '', undefined, 200, { ...without, accountID: 'x' }).join(),
      /additional properties/,
    );
    assert.match(judge('GET', url, '', undefined, 418, body).join(), /418 is not declared/);
    assert.match(judge('GET', '/rest/api/3/nothing', '', undefined, 200, body).join(), /not in jira-v3/);
    assert.match(
      judge('POST', '/rest/api/3/issue/bulkfetch', '', {}, 200, {}).join(),
      /request.*issueIdsOrKeys/,
    );
  });
});

/** Every rich-text document inside an answer. */
function richTexts(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'doc') return [value];
  return Object.values(value).flatMap(richTexts);
}
