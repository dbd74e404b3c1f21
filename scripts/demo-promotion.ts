import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { InstallerVariant } from '../samples/installers/make-installer.ts';
import { awsView } from '../sandbox/drive/aws-view.ts';
import { controlOf } from '../sandbox/drive/control.ts';
import { jiraPerson } from '../sandbox/drive/jira-person.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import { agentPromotionId } from '../workflows/shared/names.ts';
import { check, type DemoCheck } from './demo-check.ts';
import { followTicket } from './demo-follow.ts';
import { waitUntil } from './wait-until.ts';

interface Request {
  readonly as: string;
  readonly version: string;
  readonly variant?: InstallerVariant;
  readonly status: string;
}

interface Sample {
  readonly requests: readonly Request[];
  readonly repair: Request;
}

const ends = ['Done', 'Failed', 'Info Needed'];
const production = ['prod-a', 'prod-b', 'prod-c'] as const;

/** Drives process 1 with samples/promotion/requests.yaml and reads every outcome back from the vendors. */
export async function demoPromotion(endpoints: Endpoints, log: (line: string) => void): Promise<DemoCheck[]> {
  const sample = parse(
    await readFile(new URL('../samples/promotion/requests.yaml', import.meta.url), 'utf8'),
  ) as Sample;
  const aws = awsView(endpoints);
  const checks: DemoCheck[] = [];
  const filed: { request: Request; id: string; key: string }[] = [];
  for (const request of sample.requests) {
    if (request.variant) await aws.uploadInstaller(request.version, request.variant);
    const { id, key } = await jiraPerson(endpoints, request.as).fileRequest(request.version);
    log(`${key}: ${request.as} asks for agent ${request.version}  →  ${runLink(endpoints, id)}`);
    filed.push({ request, id, key });
  }
  for (const { request, key } of filed) checks.push(await follow(endpoints, key, request, log));
  const broken = filed.find(({ request }) => request.version === sample.repair.version);
  if (broken) {
    const good = await aws.uploadInstaller(sample.repair.version, sample.repair.variant);
    log(`${broken.key}: ${sample.repair.as} uploads a corrected installer and moves the ticket to ToDo`);
    await jiraPerson(endpoints, sample.repair.as).move(broken.key, 'ToDo');
    checks.push(await follow(endpoints, broken.key, sample.repair, log));
    checks.push(...(await checkProduction(endpoints, sample.repair.version, good)));
  }
  checks.push(await checkInstances(endpoints), await checkSlack(endpoints));
  return checks;
}

async function follow(
  endpoints: Endpoints,
  key: string,
  { as, version, status }: Request,
  log: (line: string) => void,
): Promise<DemoCheck> {
  const start = await jiraPerson(endpoints, as).read(key);
  const shown = start.status === 'ToDo' ? start.comments.length : 0;
  const ended = await followTicket(endpoints, { as, key, ends, shown }, log);
  return check(`${key}, agent ${version}: status in Jira`, status, ended.status);
}

async function checkProduction(endpoints: Endpoints, version: string, bytes: Buffer): Promise<DemoCheck[]> {
  const aws = awsView(endpoints);
  const checks: DemoCheck[] = [];
  for (const account of production) {
    const manifest = await aws.readManifest(account);
    const installer = await aws.readInstaller(account, version);
    const history = manifest?.history.map((entry) => entry.version).join(', ') ?? 'none';
    checks.push(check(`${account}: manifest names`, version, manifest?.version ?? 'no manifest'));
    checks.push(check(`${account}: manifest history`, '1.4.2, 1.5.0', history));
    checks.push(check(`${account}: tested bytes`, 'equal', installer?.equals(bytes) ? 'equal' : 'different'));
  }
  return checks;
}

async function checkInstances(endpoints: Endpoints): Promise<DemoCheck> {
  const { live, ended } = await awsView(endpoints).instances();
  return check(
    'EC2: test instances',
    '0 live, 3 terminated',
    `${live.length} live, ${ended.length} terminated`,
  );
}

/** The failure told both teams, once each; successes are quiet by default. */
async function checkSlack(endpoints: Endpoints): Promise<DemoCheck> {
  const control = controlOf(endpoints.slack, endpoints.control);
  const count = await waitUntil('both Slack notices', 20_000, async () => {
    const messages = await control.post<unknown[]>('messages');
    return messages.length >= 2 ? messages.length : undefined;
  }).catch(() => 0);
  return check('Slack: failure notices', '2', String(count));
}

function runLink(endpoints: Endpoints, issueId: string): string {
  return `${endpoints.ui}/namespaces/default/workflows/${encodeURIComponent(agentPromotionId('main', issueId))}`;
}
