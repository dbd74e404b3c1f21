import { awsView } from '../sandbox/drive/aws-view.ts';
import { jiraPerson } from '../sandbox/drive/jira-person.ts';
import { slackPerson, type SlackMessageView } from '../sandbox/drive/slack-person.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import { agentPromotionId } from '../workflows/shared/names.ts';
import { check, type DemoCheck } from './demo-check.ts';
import { pressInBrowser } from './press-in-browser.ts';
import { waitUntil } from './wait-until.ts';

const version = '2.0.0';
const patienceMs = 120_000;

/**
 * People decide: a request in the project GATED is tested, then waits for somebody of `devops`. Its author tries to approve
 * it himself and is refused; Dana approves it in the console's Slack pane, in a real browser where there is one.
 */
export async function demoApproval(endpoints: Endpoints, log: (line: string) => void): Promise<DemoCheck[]> {
  const sam = jiraPerson(endpoints, 'sam');
  await awsView(endpoints).uploadInstaller(version);
  const { id, key } = await sam.fileRequest(version, undefined, { project: 'GATED' });
  const workflow = encodeURIComponent(agentPromotionId('gated', id));
  log(`${key}: sam asks for agent ${version}  →  ${endpoints.ui}/namespaces/default/workflows/${workflow}`);
  const request = await waitUntil('the request for approval', patienceMs, () => findRequest(endpoints, key));
  log(`${key}: tested; #approvals asks for somebody of devops`);

  await slackPerson(endpoints, 'sam').press(request, 'lk_approve');
  const refusal = await waitUntil('the refusal', 20_000, () => findRefusal(endpoints)).catch(() => 'nothing');
  log(`${key}: sam presses Approve on his own request  →  “${refusal}”`);

  const how = await pressInBrowser(endpoints, { as: 'dana', button: 'Approve', request: key });
  if (how === 'no browser') await slackPerson(endpoints, 'dana').press(request, 'lk_approve');
  log(
    `${key}: dana presses Approve ${how === 'pressed' ? 'in the console, in Chromium' : '(no Chromium here: as Slack would send it)'}`,
  );

  const ended = await waitUntil(`${key} to end`, patienceMs, async () => {
    const issue = await sam.read(key);
    return ['Done', 'Failed', 'Info Needed'].includes(issue.status) ? issue : undefined;
  });
  const manifest = await awsView(endpoints).readManifest('prod-c');
  const message = await waitUntil('the message to say who', 20_000, async () => {
    const now = (await slackPerson(endpoints, 'dana').messages()).find(({ ts }) => ts === request.ts);
    return now && /dana/.test(JSON.stringify(now.blocks)) ? now : undefined;
  }).catch(() => undefined);
  return [
    check(
      'Slack: approving one’s own request',
      'refused',
      /asked for it/.test(refusal) ? 'refused' : refusal,
    ),
    check(`${key}, agent ${version}: status in Jira`, 'Done', ended.status),
    check('prod-c: manifest names', version, manifest?.version ?? 'no manifest'),
    check('prod-c: approved by', 'dana', manifest?.approval?.approvers.join(', ') ?? 'nobody'),
    check('Slack: the message says who approved', 'dana', message ? 'dana' : 'nobody'),
  ];
}

async function findRequest(endpoints: Endpoints, key: string): Promise<SlackMessageView | undefined> {
  const messages = await slackPerson(endpoints, 'dana').messages();
  return messages.findLast(({ text, blocks }) =>
    `${text} ${JSON.stringify(blocks ?? '')}`.includes(`(${key})`),
  );
}

async function findRefusal(endpoints: Endpoints): Promise<string | undefined> {
  const messages = await slackPerson(endpoints, 'sam').messages();
  return messages
    .findLast(({ ephemeral_to: only }) => only !== undefined)
    ?.text.replace(/\s+/g, ' ')
    .slice(0, 120);
}
