import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { createS3Client } from '../activities/s3/client.ts';
import type { Permission } from '../activities/s3/port.ts';
import { unattended } from '../activities/sts/aws-call.ts';
import { createRoleChain, type RoleChain } from '../activities/sts/role-chain.ts';
import { productionNames, type PublishJob, type PublishResult } from './publish-job.ts';

// A process of its own, so that its memory is what one way of publishing costs: neither the fronts' nor the other way's.
const job = JSON.parse(await text(process.stdin)) as PublishJob;
const chain = toRoleChain(job);
// sessions are assumed before the clock starts: a worker keeps them for an hour
await chain.agentDeploy();
for (const name of productionNames) await chain.agentPublish(job.roles.publish[name])();
const publish = job.how === 'baseline' ? createBaseline(job, chain) : createOurs(job, chain);
process.stdout.write(`${JSON.stringify(await run(publish))}\n`);

async function run(publishTo: (name: (typeof productionNames)[number]) => Promise<unknown>) {
  const before = process.memoryUsage.rss();
  const started = performance.now();
  for (const name of productionNames) await publishTo(name);
  const ms = performance.now() - started;
  const result: PublishResult = { ms, rssGrowth: highestRss() - before };
  return result;
}

/** The kernel's own high-water mark. getrusage's maxRSS will not do: it begins with the size of the process that forked us. */
function highestRss(): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}

/**
 * The worker's adapter as worker/queues/aws-promotion.ts builds it, but for the guard: its signatures cost under a
 * millisecond an account, and what is measured here is the way of the bytes.
 */
function createOurs(
  { accounts, roles, version, tested, ...connection }: PublishJob,
  chainOfRoles: RoleChain,
) {
  const execution = { workflowId: 'bench', runId: 'bench' };
  const turn = { queueId: 'bench', ...execution, token: 1 };
  const client = createS3Client({
    region: connection.region,
    endpoint: connection.endpoint,
    forcePathStyle: true,
    partSize: connection.partSize,
    accounts: {
      soc: accounts.soc,
      test: accounts.test,
      production: productionNames.map((name) => ({
        name,
        ...accounts[name],
        publishRoleArn: roles.publish[name],
      })),
    },
    roles: chainOfRoles,
    trustedKeys: [],
    checkPermission: () => Promise.resolve(),
  });
  const s3 = client.during(unattended, execution);
  // only the guard reads it
  const permission = {} as Permission;
  return (account: (typeof productionNames)[number]) =>
    s3.publishObject({ account, version, tested, permission, turn });
}

/** GetObject streamed into lib-storage's Upload with its own defaults: nothing is compared, hashed or read back. */
function createBaseline(
  { endpoint, region, accounts, roles, tested, partSize }: PublishJob,
  chainOfRoles: RoleChain,
) {
  const shared = { endpoint, region, forcePathStyle: true };
  const source = new S3Client({ ...shared, credentials: chainOfRoles.agentDeploy });
  return async (name: (typeof productionNames)[number]) => {
    const client = new S3Client({ ...shared, credentials: chainOfRoles.agentPublish(roles.publish[name]) });
    const { bucket: Bucket, key: Key, versionId: VersionId } = tested;
    const { Body } = await source.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    const params = { Bucket: accounts[name].bucket, Key, Body: Body as Readable };
    await new Upload({ client, partSize, params }).done();
  };
}

function toRoleChain({ endpoint, region, credentials, roles }: PublishJob): RoleChain {
  return createRoleChain({
    endpoint,
    region,
    runnerRoleArn: roles.runner,
    agentDeployRoleArn: roles.agentDeploy,
    ...(roles.externalId === undefined ? {} : { externalId: roles.externalId }),
    sessionName: 'lockkeeper-bench',
    baseCredentials: credentials,
  });
}
