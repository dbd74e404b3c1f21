import { casePerson } from '../sandbox/drive/case-person.ts';
import { issuePerson } from '../sandbox/drive/issue-person.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import { incidentSyncId } from '../workflows/shared/names.ts';
import { check, type DemoCheck } from './demo-check.ts';
import { waitUntil } from './wait-until.ts';

type Log = (line: string) => void;

const patience = 30_000;
const evidence = 'src,dst,bytes\n10.0.0.7,198.51.100.23,48213377\n';
const memo = 'The key was rotated at 10:14.\n';

/** A case of AWS travels to Jira and back: text, status, comments both ways, attachments both ways, close. Then an issue becomes a case. */
export async function demoIncidents(endpoints: Endpoints, log: Log): Promise<DemoCheck[]> {
  const aws = casePerson(endpoints);
  const sofia = issuePerson(endpoints, 'sofia');
  const title = `Credentials used from an unknown network ${Date.now() % 100_000}`;
  const { caseId } = await aws.create({
    ...{ title, description: 'GuardDuty saw an access key used from 198.51.100.23.' },
    ...{ resolverType: 'AWS', engagementType: 'Security Incident' },
  });
  const run = encodeURIComponent(incidentSyncId('aws-main', caseId));
  log(`AWS opens case ${caseId}  →  ${endpoints.ui}/namespaces/default/workflows/${run}`);
  const key = await findIssue(sofia, title);
  log(`it is ${key} in Jira  →  ${endpoints.jira}/browse/${key}`);

  await aws.status(caseId, 'Detection and Analysis');
  await aws.comment(caseId, 'We see the key in 3 regions. Please confirm that it is yours.');
  await aws.attach(caseId, 'flows.csv', evidence);
  await sofia.comment(key, 'It is ours. We rotate it now.');
  await sofia.attach(key, 'rotation memo.txt', memo);
  const both = await waitUntil('comments and attachments on both sides', patience, async () => {
    const [issue, stored] = [await sofia.read(key), await aws.read(caseId)];
    const arrived =
      issue.status === 'In Progress' &&
      issue.comments.some(({ text }) => text.includes('3 regions')) &&
      issue.attachments.length === 2 &&
      stored.comments.some(({ body }) => body.includes('We rotate it now')) &&
      stored.attachments.length === 2;
    return arrived ? { issue, stored } : undefined;
  });
  log('both sides have both comments and both files');
  const file = both.issue.attachments.find(({ name }) => name === 'flows.csv');
  const bytes = await sofia.download(file?.id ?? '');

  await aws.close(caseId, 'Investigation Completed');
  const closed = await waitUntil('the closed issue', patience, async () => {
    const issue = await sofia.read(key);
    return issue.status === 'Done' ? issue : undefined;
  });
  log(`AWS closes the case, Lockkeeper the issue`);

  const filed = await sofia.file(`Lost laptop of sales ${Date.now() % 100_000}`, 'Left in a train at 08:20.');
  const bornId = await waitUntil('the case of the issue', patience, () => sofia.caseOf(filed.key));
  const born = await aws.read(bornId);
  log(`${filed.key} is filed in Jira: it is case ${born.caseId}`);
  const issues = await sofia.find(`project = INC AND summary ~ "\\"${title}\\""`);

  return [
    check('case in Jira: status after analysis', 'In Progress', both.issue.status),
    check('comments of the case, one copy each', '1', count(both.issue.comments, '3 regions')),
    check('comments of the issue, one copy each', '1', count(both.stored.comments, 'We rotate it now')),
    check('evidence arrived byte by byte', evidence, bytes),
    check('the issue of the closed case', 'Done', closed.status),
    check('issues of the case', '1', `${issues.length}`),
    check(
      'a case made from an issue: its account',
      endpoints.accounts['soc']?.id ?? '',
      born.impactedAccounts.join(),
    ),
  ];
}

async function findIssue(person: ReturnType<typeof issuePerson>, title: string): Promise<string> {
  return waitUntil('the issue of the case', patience, async () => {
    const [key] = await person.find(`project = INC AND summary ~ "\\"${title}\\""`);
    return key;
  });
}

function count(
  comments: readonly { readonly text?: string; readonly body?: string }[],
  words: string,
): string {
  return `${comments.filter(({ text, body }) => (text ?? body ?? '').includes(words)).length}`;
}
