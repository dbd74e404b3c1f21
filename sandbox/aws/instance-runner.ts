import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  EC2Client,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type Instance,
} from '@aws-sdk/client-ec2';
import { setTimeout as delay } from 'node:timers/promises';
import { requireIsolation } from '../isolation/isolation-available.ts';
import { bootInstance, type RunningInstance } from './instance-boot.ts';

export interface InstanceAccount {
  readonly name: string;
  /** Twelve digits. */
  readonly id: string;
}

export interface InstanceRunnerOptions {
  /** What instances reach, under this very host and port: `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** Where the runner itself asks; apart from `endpoint` its polling does not fill the request log. */
  readonly controlEndpoint?: string;
  readonly accounts: readonly InstanceAccount[];
  readonly adminFor: (accountName: string) => { accessKeyId: string; secretAccessKey: string };
  readonly consoleDir: string;
  readonly region?: string;
  /** Milliseconds between two looks at the accounts. */
  readonly pollMs?: number;
  readonly log?: (message: string, fields: Record<string, unknown>) => void;
}

export interface InstanceRunner {
  /** While on, new instances stay `running` and never boot: "the instance never came up". */
  setNeverBoot(on: boolean): void;
  /** Switches all machines off without telling EC2. */
  stop(): Promise<void>;
}

interface Machine {
  readonly account: InstanceAccount;
  readonly running?: RunningInstance;
  /** Switched off from inside: EC2 has to be told, once. */
  poweredOff: boolean;
}

/**
 * The machines behind an EC2 API that has none: boots each started instance once, switches it off when EC2 ended it, and
 * ends it at EC2 when it switched itself off, by its InstanceInitiatedShutdownBehavior. Throws where nothing can be isolated.
 */
export async function startInstanceRunner(options: InstanceRunnerOptions): Promise<InstanceRunner> {
  await requireIsolation();
  const { accounts, pollMs = 150, log = () => undefined } = options;
  const stopping = new AbortController();
  const machines = new Map<string, Machine>();
  const clients = new Map(accounts.map((account) => [account, ec2ClientOf(account, options)]));
  let neverBoot = false;

  async function look(account: InstanceAccount, ec2: EC2Client) {
    const up = await listInstancesUp(ec2, stopping.signal);
    // ended by a caller, or forgotten by a reset of the emulator
    for (const [id, machine] of machines)
      if (machine.account === account && !up.has(id)) machine.running?.kill();
    for (const [id, instance] of up) {
      const machine = machines.get(id);
      if (!machine) await switchOn(account, ec2, instance);
      else if (machine.poweredOff) await reportPowerOff(ec2, id);
    }
  }

  async function switchOn(account: InstanceAccount, ec2: EC2Client, instance: Instance) {
    const id = instance.InstanceId ?? '';
    if (neverBoot) return leaveUnbooted(account, id);
    const facts = await factsOf(ec2, account, instance, options.region ?? 'us-east-1');
    try {
      const running = await bootInstance(facts, options);
      const machine: Machine = { account, running, poweredOff: false };
      machines.set(id, machine);
      log('instance boots', { id, account: account.name });
      const isOff = (end: Record<string, unknown>) => {
        machine.poweredOff = true;
        log('instance is off', { id, ...end });
      };
      running.exit.then(
        (code) => isOff({ code }),
        (error: unknown) => isOff({ error: String(error) }),
      );
    } catch (error) {
      // its console file is there: it was up under an earlier runner and lost power with it
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      machines.set(id, { account, poweredOff: true });
    }
  }

  function leaveUnbooted(account: InstanceAccount, id: string) {
    machines.set(id, { account, poweredOff: false });
    log('instance never boots', { id, account: account.name });
  }

  async function poll() {
    while (!stopping.signal.aborted) {
      for (const [account, ec2] of clients)
        await look(account, ec2).catch((error: unknown) => {
          if (!stopping.signal.aborted)
            log('looking at instances failed', { account: account.name, error: String(error) });
        });
      await delay(pollMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const polling = poll();
  return {
    setNeverBoot: (on) => void (neverBoot = on),
    async stop() {
      stopping.abort();
      await polling;
      for (const { running } of machines.values()) running?.kill();
      await Promise.allSettled([...machines.values()].map(async ({ running }) => running?.exit));
      for (const ec2 of clients.values()) ec2.destroy();
    },
  };
}

const up = [{ Name: 'instance-state-name', Values: ['pending', 'running'] }];

function ec2ClientOf(account: InstanceAccount, options: InstanceRunnerOptions): EC2Client {
  return new EC2Client({
    endpoint: options.controlEndpoint ?? options.endpoint,
    region: options.region ?? 'us-east-1',
    credentials: options.adminFor(account.name),
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000 },
  });
}

/** By id, those that should be switched on. */
async function listInstancesUp(ec2: EC2Client, abortSignal: AbortSignal): Promise<Map<string, Instance>> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters: up }), {
    abortSignal,
  });
  const instances = Reservations.flatMap((reservation) => reservation.Instances ?? []);
  return new Map(instances.map((instance) => [instance.InstanceId ?? '', instance]));
}

async function factsOf(ec2: EC2Client, account: InstanceAccount, instance: Instance, region: string) {
  const InstanceId = instance.InstanceId ?? '';
  const { UserData } = await ec2.send(
    new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' }),
  );
  return {
    instanceId: InstanceId,
    accountId: account.id,
    imageId: instance.ImageId ?? '',
    instanceType: instance.InstanceType ?? '',
    privateIp: instance.PrivateIpAddress ?? '10.0.0.1',
    region,
    userData: UserData?.Value ? Buffer.from(UserData.Value, 'base64') : undefined,
  };
}

async function reportPowerOff(ec2: EC2Client, id: string) {
  const Attribute = 'instanceInitiatedShutdownBehavior';
  const asked = await ec2.send(new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute }));
  const InstanceIds = [id];
  if (asked.InstanceInitiatedShutdownBehavior?.Value === 'terminate')
    await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  else await ec2.send(new StopInstancesCommand({ InstanceIds }));
}
