import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { installerKey } from '../activities/s3/keys.ts';
import type { PinnedObject } from '../activities/s3/port.ts';
import type { SandboxAws } from '../sandbox/aws/start-aws.ts';
import { spawnTied } from '../sandbox/shared/child.ts';
import type { Log } from './bench-stack.ts';
import { toFigure } from './figure.ts';
import { productionNames, type PublishJob, type PublishResult } from './publish-job.ts';
import type { Measured } from './report.ts';

const mebibyte = 1024 * 1024;
const version = '9.9.9';
const partSize = 8 * mebibyte;
const main = path.join(import.meta.dirname, 'publish-process.ts');

/**
 * Our publishObject against a plain stream of the same bytes to the same three accounts, each in a process of its own, in
 * alternating order. A pair shares its minute on the machine, so that their ratio holds on a busy one too.
 */
export async function measurePublishing(
  aws: Pick<SandboxAws, 'url' | 'provisioned'>,
  { pairs, megabytes }: { pairs: number; megabytes: number },
  log: Log,
): Promise<Measured> {
  const tested = await putTested(aws, randomBytes(megabytes * mebibyte));
  const ours: PublishResult[] = [];
  const baseline: PublishResult[] = [];
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const order =
      pair % 2 === 0 ? (['publishObject', 'baseline'] as const) : (['baseline', 'publishObject'] as const);
    const found = {} as Record<PublishJob['how'], PublishResult>;
    for (const how of order) {
      found[how] = await runProcess(toJob(aws, how, tested));
      await emptyProduction(aws);
    }
    ours.push(found.publishObject);
    baseline.push(found.baseline);
    ratios.push((100 * found.baseline.ms) / found.publishObject.ms);
    log(`pair ${pair + 1} of ${pairs}: ${Math.round(ratios.at(-1) ?? 0)} % of the baseline's rate`);
  }
  const perSecond = ({ ms }: PublishResult) => (megabytes * productionNames.length) / (ms / 1000);
  return {
    figures: [
      toFigure(`publishing ${megabytes} MB to 3 accounts, rate to baseline`, '%', ratios, {
        of: 'p50',
        is: '>=',
        value: 60,
      }),
      toFigure('  publishObject, MB a second', 'MB', ours.map(perSecond)),
      toFigure('  GetObject → Upload, MB a second', 'MB', baseline.map(perSecond)),
      toFigure(
        'RSS growth of the publishing process',
        'MB',
        ours.map(({ rssGrowth }) => rssGrowth / mebibyte),
        { of: 'max', is: '<', value: 150 },
      ),
      toFigure(
        '  of the baseline',
        'MB',
        baseline.map(({ rssGrowth }) => rssGrowth / mebibyte),
      ),
    ],
    notes: [
      'publishing: publishObject hashes on the way and reads every copy back to compare; the baseline does neither. Both go through the front to the same emulator, which keeps objects in memory.',
    ],
  };
}

async function runProcess(job: PublishJob): Promise<PublishResult> {
  const child = spawnTied(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin?.end(JSON.stringify(job));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const answer = child.stdout ? await text(child.stdout) : '';
  const code = await ended;
  if (code !== 0) throw new Error(`publishing by ${job.how} ended with ${code}`);
  return JSON.parse(answer) as PublishResult;
}

function toJob(
  { url, provisioned }: Parameters<typeof measurePublishing>[0],
  how: PublishJob['how'],
  tested: PinnedObject,
): PublishJob {
  const { roles, accounts, credentials, externalId, region } = provisioned;
  return {
    how,
    endpoint: url,
    region,
    credentials: credentials.jiraBot,
    roles: {
      runner: roles.runnerRole,
      agentDeploy: roles.agentDeploy,
      externalId,
      publish: roles.agentPublish,
    },
    accounts,
    version,
    tested,
    partSize,
  };
}

async function putTested(aws: Pick<SandboxAws, 'url' | 'provisioned'>, bytes: Buffer): Promise<PinnedObject> {
  const { bucket } = aws.provisioned.accounts.test;
  const key = installerKey(version);
  const s3 = administrator(aws, 'test');
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bucket, key, versionId: VersionId ?? '', sha256, size: bytes.length };
}

/** Every version goes: the emulator keeps objects in memory, and a copy that is there would be adopted. */
async function emptyProduction(aws: Pick<SandboxAws, 'url' | 'provisioned'>): Promise<void> {
  for (const name of productionNames) {
    const s3 = administrator(aws, name);
    const { bucket: Bucket } = aws.provisioned.accounts[name];
    const { Versions = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: installerKey(version) }),
    );
    for (const { Key, VersionId } of Versions)
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }
}

function administrator(
  { url, provisioned }: Pick<SandboxAws, 'url' | 'provisioned'>,
  name: keyof typeof provisioned.credentials.admin,
) {
  const { region, credentials } = provisioned;
  return new S3Client({ endpoint: url, region, forcePathStyle: true, credentials: credentials.admin[name] });
}
