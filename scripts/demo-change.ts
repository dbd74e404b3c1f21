import { fileURLToPath } from 'node:url';
import { jiraPerson } from '../sandbox/drive/jira-person.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import { readApproval } from './demo-change-tickets.ts';
import { check, type DemoCheck } from './demo-check.ts';
import { followTicket } from './demo-follow.ts';
import { demoInspection } from './demo-inspection.ts';
import { createShop, findMessage, type Build, type Shop } from './demo-shop.ts';
import { pressInBrowser } from './press-in-browser.ts';
import { waitUntil } from './wait-until.ts';

const patienceMs = 60_000;
const riskyPlan = fileURLToPath(new URL('../samples/change/plans/risky.json', import.meta.url));
const rollbackPlan = ['--rollback-plan', 'deploy the build before again'];
const inDeploy = { job: 'deploy-production' };
const ends = ['Closed', 'Declined', 'Canceled', 'Deploy failed'];

/**
 * Builds of shop/web and their change tickets: two for production, one with a risky Terraform plan, one whose deploy job brings
 * something else than was approved, one that a policy approves by itself, and the inspection that is drawn over it.
 */
export async function demoChange(endpoints: Endpoints, log: (line: string) => void): Promise<DemoCheck[]> {
  const shop = createShop(endpoints, log);
  const checks = [
    ...(await firstDeploy(shop)),
    ...(await recommended(shop)),
    ...(await risky(shop)),
    ...(await mismatch(shop)),
  ];
  const { ticket, checks: ofAutomatic } = await automatic(shop);
  return [...checks, ...ofAutomatic, ...(await demoInspection(endpoints, ticket, log))];
}

/** Nothing to compare with: always a person, whatever the checks say (C-26). CI waits, and says how its deploy ended. */
async function firstDeploy(shop: Shop): Promise<DemoCheck[]> {
  const { build, ticket, ended } = await atTheGate(shop, 'Open the shop', 'production');
  const waited = shop.gate(build, ['wait'], inDeploy);
  await decide(shop, ticket);
  const code = await waited;
  await shop.gate(build, ['deployed', '--result', 'success'], inDeploy);
  const { status } = await ended;
  return [
    check(`${ticket}, production: exit code of gate wait`, '0', `${code}`),
    check(`${ticket}, production: status in Jira`, 'Closed', status),
  ];
}

/** Every check passes: the analysis recommends it, two people decide, and the workflow plays the manual job: no runner waits. */
async function recommended(shop: Shop): Promise<DemoCheck[]> {
  const { endpoints, log } = shop;
  const { build, ticket, ended } = await atTheGate(shop, 'Show prices with tax', 'production', (made) => [
    ...['--detach', '--deploy-job', `${made.pipeline.jobs['deploy-production']}`],
  ]);
  await shop.message(ticket);
  const how = await pressInBrowser(endpoints, { as: 'sue', button: 'Approve', request: ticket });
  if (how === 'no browser') await shop.slack('sue').press(await shop.message(ticket), 'lk_approve');
  log(
    `${ticket}: sue presses Approve ${how === 'pressed' ? 'in the console, in Chromium' : '(no Chromium here: as Slack would send it)'}`,
  );
  await shop.comment('ray', ticket, '/approve');
  log(`${ticket}: ray comments /approve`);
  const { status, comments } = await ended;
  const verdict = comments.some(({ text }) => text.startsWith('Every check passes: approval is recommended'));
  const job = await shop.deployJob(build);
  return [
    check(`${ticket}, production: the analysis recommends`, 'approval', verdict ? 'approval' : 'people'),
    check(`${ticket}, production: status in Jira`, 'Closed', status),
    check(`${ticket}, production: approved by`, 'ray, sue', await approversOf(shop, ticket)),
    check(`${ticket}, production: deploy job in GitLab`, 'success', job.status),
  ];
}

/** What was approved did not know of this plan: other people approve it, with a reason, and only then it is deployed (C-42…C-44). */
async function risky(shop: Shop): Promise<DemoCheck[]> {
  const { log } = shop;
  const { build, ticket, ended } = await atTheGate(shop, 'Encrypt the orders', 'infrastructure');
  await decide(shop, ticket);
  await until(shop, ticket, 'Approved');
  const code = await shop.gate(build, ['plan', riskyPlan], inDeploy);
  const paused = await until(shop, ticket, 'Manual review required');
  const waited = shop.gate(build, ['wait'], inDeploy);
  await shop.slack('sid').press(await shop.message(ticket, /risky Terraform plan[^]*Approve/), 'lk_approve');
  await shop.slack('sid').fillModal('the table was copied before');
  await shop.comment('lee', ticket, '/approve the table was copied before');
  log(`${ticket}: sid in Slack and lee in Jira approve the plan, each with a reason`);
  const go = await waited;
  await shop.gate(build, ['deployed', '--result', 'success'], inDeploy);
  const { status } = await ended;
  return [
    check(`${ticket}, infrastructure: exit code of gate plan`, '20', `${code}`),
    check(`${ticket}, infrastructure: paused in`, 'Manual review required', paused),
    check(`${ticket}, infrastructure: gate wait afterwards`, '0', `${go}`),
    check(`${ticket}, infrastructure: approved by`, 'lee, ray, sid, sue', await approversOf(shop, ticket)),
    check(`${ticket}, infrastructure: status in Jira`, 'Closed', status),
  ];
}

/** Approved is one build of one job: another commit or another job's build is sent away, the approved one may still go (C-10…C-12). */
async function mismatch(shop: Shop): Promise<DemoCheck[]> {
  const { endpoints } = shop;
  const { build, ticket, ended } = await atTheGate(shop, 'Sort by price', 'canary');
  await decideIfAsked(shop, ticket);
  const otherCommit = await shop.gate(build, ['wait', '--sha', 'bad0'.repeat(10)], inDeploy);
  const otherJob = await shop.gate(build, ['wait', '--build-job', 'build-arm'], inDeploy);
  const { comments, status: kept } = await jiraPerson(endpoints, 'dana').read(ticket);
  const told = comments.some(({ text }) => /^No deploy:[^]*CI has build-arm, approved is build/.test(text));
  const right = await shop.gate(build, ['wait'], inDeploy);
  await shop.gate(build, ['deployed', '--result', 'success'], inDeploy);
  const { status } = await ended;
  return [
    check(`${ticket}, canary: gate wait of another commit`, '13', `${otherCommit}`),
    check(`${ticket}, canary: gate wait of another job’s build`, '13', `${otherJob}`),
    check(`${ticket}, canary: the ticket says of it`, 'No deploy', told ? 'No deploy' : 'nothing'),
    check(`${ticket}, canary: status in Jira then`, 'Approved', kept),
    check(`${ticket}, canary: gate wait of the approved one`, '0', `${right}`),
    check(`${ticket}, canary: status in Jira`, 'Closed', status),
  ];
}

/** Policy `canary` approves what passes every check; nobody is asked (C-24). */
async function automatic(shop: Shop): Promise<{ ticket: string; checks: DemoCheck[] }> {
  const { endpoints } = shop;
  const { build, ticket, ended } = await atTheGate(shop, 'Sort by name', 'canary');
  await shop.gate(build, ['wait'], inDeploy);
  await shop.gate(build, ['deployed', '--result', 'success'], inDeploy);
  const { status } = await ended;
  const kept = await readApproval(endpoints, ticket);
  const asked = await findMessage(endpoints, ticket);
  const checks = [
    check(`${ticket}, canary: status in Jira`, 'Closed', status),
    check(`${ticket}, canary: approved by policy`, 'canary@1', kept?.automatic ? kept.policy : 'people'),
    check(`${ticket}, canary: people asked in Slack`, 'nobody', asked ? 'somebody' : 'nobody'),
  ];
  return { ticket, checks };
}

/** From the merge to the open ticket, which is followed from there on. */
async function atTheGate(
  shop: Shop,
  title: string,
  environment: string,
  more: (build: Build) => readonly string[] = () => [],
) {
  const { endpoints, log } = shop;
  const build = await shop.buildOf(title, environment);
  await shop.gate(build, ['request', ...rollbackPlan, ...more(build)]);
  const ticket = await shop.ticketOf(build);
  log(`${ticket}: ${environment}  →  ${shop.runLink(build)}`);
  const ended = followTicket(endpoints, { as: 'dana', key: ticket, ends }, log);
  // whoever awaits it hears of it; until then another failure may have ended the demo
  ended.catch(() => undefined);
  return { build, ticket, ended };
}

/** The quorum of a change: one of security, one of release. */
async function decide(shop: Shop, ticket: string): Promise<void> {
  await shop.slack('sue').press(await shop.message(ticket), 'lk_approve');
  await shop.comment('ray', ticket, '/approve');
  shop.log(`${ticket}: sue presses Approve in Slack, ray comments /approve`);
}

/** People decide about the first deploy into the canary; in a second demo on the same stack the policy has approved it already. */
async function decideIfAsked(shop: Shop, ticket: string): Promise<void> {
  const { endpoints } = shop;
  const asked = await waitUntil(`${ticket} to be asked about or approved`, patienceMs, async () => {
    if (await findMessage(endpoints, ticket)) return true;
    return (await jiraPerson(endpoints, 'dana').read(ticket)).status === 'Approved' ? false : undefined;
  });
  if (asked) await decide(shop, ticket);
  await until(shop, ticket, 'Approved');
}

function until({ endpoints }: Shop, key: string, status: string): Promise<string> {
  return waitUntil(`${key} to be ${status}`, patienceMs, async () => {
    const issue = await jiraPerson(endpoints, 'dana').read(key);
    return issue.status === status ? issue.status : undefined;
  });
}

async function approversOf({ endpoints }: Shop, ticket: string): Promise<string> {
  const kept = await readApproval(endpoints, ticket);
  return [...(kept?.approvers ?? [])].sort().join(', ') || 'nobody';
}
