import { createLedger } from '../activities/ledger/client.ts';
import { createLedgerTable } from '../activities/ledger/table-calls.ts';
import { unattended } from '../activities/sts/aws-call.ts';
import { secretPerson } from '../sandbox/drive/secret-person.ts';
import { secretTicketPerson } from '../sandbox/drive/secret-ticket-person.ts';
import { slackPerson } from '../sandbox/drive/slack-person.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import type { SecretReport } from '../starters/cli/secret-report.ts';
import type { LedgerVerdict } from '../workflows/secret-audit/messages.ts';
import { secretChangeId } from '../workflows/shared/names.ts';
import { check, type DemoCheck } from './demo-check.ts';
import { runCli } from './run-cli.ts';
import { waitUntil } from './wait-until.ts';

type Log = (line: string) => void;

const patience = 120_000;

/**
 * A change that was approved before it; one that was not, which its author answers for in Slack and somebody else approves afterwards; and
 * what the month's report says of them.
 */
export async function demoSecrets(endpoints: Endpoints, log: Log): Promise<DemoCheck[]> {
  const dev = secretPerson(endpoints, { name: 'dev' });
  const [devInJira, sue] = [secretTicketPerson(endpoints, 'dev'), secretTicketPerson(endpoints, 'sue')];
  const ledger = openLedger(endpoints);
  const name = `payments/stripe-${Date.now() % 100_000}`;
  const links = (eventId: string) =>
    `${endpoints.ui}/namespaces/default/workflows/${encodeURIComponent(secretChangeId(eventId))}`;

  const before = await readReport();
  const { key } = await devInJira.file({ secrets: [name], actions: ['create'] });
  await sue.move(key, 'Approved');
  log(`dev files ${key} for ${name}, sue approves it  →  ${endpoints.jira}/browse/${key}`);
  await nextSecond();
  const created = await dev.create(name);
  const authorised = await standing(created.eventId, 'authorised');
  log(`dev creates it: ${authorised.verdict} by ${authorised.ticket}  →  ${links(created.eventId)}`);

  const changed = await dev.put(name);
  log(`dev changes its value without a ticket  →  ${links(changed.eventId)}`);
  const unapproved = await waitUntil('the verdict, when the minute of grace is over', patience, async () => {
    const found = await newest(changed.eventId);
    return found && found.verdict !== 'pending' ? found : undefined;
  });
  log(`no approval covers it: ${unapproved.verdict} (${unapproved.reasons[0] ?? ''})`);
  const [slackOfDev, slackOfSue] = [slackPerson(endpoints, 'dev'), slackPerson(endpoints, 'sue')];
  const question = await findMessage(slackOfDev, 'Was this you?', name);
  await slackOfDev.press(question, 'lk_approve:me');
  log('dev is asked in Slack and presses “It was me”');
  const afterwards = await findMessage(slackOfSue, 'Approve afterwards?', name);
  await slackOfSue.press(afterwards, 'lk_approve');
  const explained = await waitUntil('what sue decided, in the ledger', patience, async () => {
    const found = await newest(changed.eventId);
    return found?.explanation?.kind === 'approved-afterwards' ? found : undefined;
  });
  log(`sue approves afterwards; the verdict stays ${explained.verdict}`);
  const filed = await sue.find('project = SECCHG AND issuetype = Finding');
  dev.close();
  const after = await readReport();
  log(
    `lockkeeper secrets report --month ${after.month}: ${after.coveragePercent ?? '-'} % of ${after.inScope} covered, ` +
      `${after.unmatched} unmatched, ${after.unexplained} of them unexplained`,
  );

  return [
    check('an approved change', 'authorised', authorised.verdict),
    check(
      'the ticket that it rests on, and who approved',
      `${key} sue`,
      `${authorised.ticket} ${authorised.approver}`,
    ),
    check('a change without a ticket', 'wrong-ticket', unapproved.verdict),
    check('the finding in Jira', '1', `${filed.filter(({ summary }) => summary.includes(name)).length}`),
    check(
      'its explanation',
      'approved-afterwards sue',
      `${explained.explanation?.kind} ${explained.explanation?.by}`,
    ),
    check('its verdict afterwards', unapproved.verdict, explained.verdict),
    check(
      'the report: covered, unmatched, approved afterwards',
      '+1, +1, +1',
      (['covered', 'unmatched', 'approvedAfterwards'] as const)
        .map((name) => `+${after[name] - before[name]}`)
        .join(', '),
    ),
  ];

  async function newest(eventId: string): Promise<LedgerVerdict | null> {
    return (await ledger.readSecretChange({ eventId }))?.verdict ?? null;
  }
  async function standing(eventId: string, verdict: string): Promise<LedgerVerdict> {
    return waitUntil(`${verdict} in the ledger`, patience, async () => {
      const found = await newest(eventId);
      return found?.verdict === verdict ? found : undefined;
    });
  }
}

async function findMessage(person: ReturnType<typeof slackPerson>, title: string, name: string) {
  return waitUntil(`“${title}” in Slack`, patience, async () =>
    (await person.messages()).findLast(
      ({ text, blocks }) =>
        `${text}${JSON.stringify(blocks)}`.includes(title) && JSON.stringify(blocks).includes(name),
    ),
  );
}

/** As an auditor asks for it: `lockkeeper secrets report --month`. */
async function readReport(): Promise<SecretReport> {
  return (await runCli('secrets', 'report', '--month', new Date().toISOString().slice(0, 7))) as SecretReport;
}

/** As an auditor reads it. */
function openLedger({ aws, awsCredentials }: Endpoints) {
  const settings = { region: 'us-east-1', endpoint: aws, credentials: awsCredentials.admin.soc };
  const table = createLedgerTable({
    table: 'aws-secrets-detection-table',
    settings,
    context: () => unattended,
  });
  return createLedger({ table, now: Date.now });
}

/** CloudTrail has whole seconds: an approval later in the second of the change would be after it. */
async function nextSecond(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_100));
}
