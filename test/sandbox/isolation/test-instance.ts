import { DescribeInstancesCommand, GetConsoleOutputCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { toUserData, type InstallerCheck } from '../../../activities/ec2/user-data.ts';
import type { AwsClients } from '../../../sandbox/aws/aws-clients.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { launchInput } from '../../support/launch-input.ts';

const Bucket = 'devops-agent-test';

/** What the instance wrote, its free text decoded. */
export interface Report {
  readonly status: string;
  readonly step: string;
  readonly detail: string;
  readonly reportedVersion: string;
  readonly instanceId: string;
  readonly account: string;
  readonly nonce: string;
  readonly run: string;
}

/** A launched instance that checks the installer, with everything done in the rights of Agent-Deploy. */
export class TestInstance {
  readonly id: string;
  readonly #clients: AwsClients;
  readonly #resultKey: string;

  private constructor(id: string, clients: AwsClients, resultKey: string) {
    this.id = id;
    this.#clients = clients;
    this.#resultKey = resultKey;
  }

  static async launch(
    aws: SandboxAws,
    clients: AwsClients,
    installer: string,
    check: Partial<InstallerCheck> = {},
  ) {
    const name = createHash('sha256').update(installer).digest('hex');
    const installerKey = `agent/${name}/agent-installer.sh`;
    const resultKey = `results/${name}.json`;
    await clients.s3.send(new PutObjectCommand({ Bucket, Key: installerKey, Body: installer }));
    const userData = toUserData({
      installerUrl: await getSignedUrl(clients.s3, new GetObjectCommand({ Bucket, Key: installerKey })),
      resultUrl: await presignResult(clients, resultKey),
      sha256: name,
      expectedVersion: '1.2.3',
      serviceName: 'security-agent',
      versionCommand: '/opt/security-agent/bin/security-agent --version',
      nonce: 'nonce-of-the-test',
      run: 'promotion/LK-1/1',
      deadlineSeconds: 60,
      ...check,
    });
    return TestInstance.boot(aws, clients, userData, resultKey);
  }

  static async boot(aws: SandboxAws, clients: AwsClients, userData: string, resultKey = 'results/none') {
    const UserData = Buffer.from(userData).toString('base64');
    const input = { ...launchInput(aws, resultKey), UserData };
    const launched = await clients.ec2.send(new RunInstancesCommand(input));
    return new TestInstance(launched.Instances?.[0]?.InstanceId ?? '', clients, resultKey);
  }

  async report(): Promise<Report> {
    const raw = await eventually(() => this.#readResult());
    const parsed = JSON.parse(raw) as Record<string, string>;
    const decode = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString();
    const { detailBase64, reportedVersionBase64, ...rest } = parsed;
    const text = { detail: decode(detailBase64), reportedVersion: decode(reportedVersionBase64) };
    return { ...rest, ...text } as unknown as Report;
  }

  /** Resolves when EC2 says this state. */
  reaches(state: string): Promise<unknown> {
    return eventually(async () => {
      const { Reservations } = await this.#clients.ec2.send(
        new DescribeInstancesCommand({ InstanceIds: [this.id] }),
      );
      return Reservations?.[0]?.Instances?.[0]?.State?.Name === state || undefined;
    });
  }

  async console(): Promise<string> {
    const { Output } = await this.#clients.ec2.send(new GetConsoleOutputCommand({ InstanceId: this.id }));
    return Buffer.from(Output ?? '', 'base64').toString();
  }

  /** Resolves when the console shows the text. */
  shows(text: string): Promise<unknown> {
    return eventually(async () => (await this.console()).includes(text) || undefined);
  }

  async #readResult(): Promise<string | undefined> {
    try {
      const { Body } = await this.#clients.s3.send(new GetObjectCommand({ Bucket, Key: this.#resultKey }));
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }
}

function presignResult({ s3 }: AwsClients, Key: string): Promise<string> {
  const put = new PutObjectCommand({ Bucket, Key, ContentType: 'application/json', IfNoneMatch: '*' });
  return getSignedUrl(s3, put, {
    unhoistableHeaders: new Set(['if-none-match']),
    signableHeaders: new Set(['host', 'content-type', 'if-none-match']),
  });
}

/** Asks until there is an answer; mocha's timeout bounds it. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(50);
  }
}
