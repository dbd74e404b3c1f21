import path from 'node:path';
import { startFront, type Front } from '../shared/front.ts';
import { createAwsVendor } from './aws-vendor.ts';
import { ensureEmulatorVenv } from './emulator-venv.ts';
import { startEmulator, type Emulator } from './emulator.ts';
import { provisionAccounts, type ProvisionedAws } from './provision-accounts.ts';
import { seedObjects } from './seed-objects.ts';

export interface SandboxAws {
  /** The front: what clients take for AWS. */
  readonly url: string;
  /** The emulator itself, for the sandbox's own polling: nothing of it shows in the request log. */
  readonly emulatorUrl: string;
  /** The instance runner writes `<instance id>.log` here. */
  readonly consoleDir: string;
  readonly provisioned: ProvisionedAws;
  readonly front: Front;
  /** For the services that are served beside the emulator. */
  readonly ask: Emulator['ask'];
  /** Forgets objects, instances, messages and idempotency tokens; accounts and credentials stay. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export interface SandboxAwsOptions {
  readonly cacheDir: string;
  readonly runDir: string;
  /** For the control surface, header X-Sandbox-Token. */
  readonly token: string;
  readonly port?: number;
  readonly log: (line: string) => void;
}

/** AWS on loopback: the emulator with the sandbox's accounts and the shipped policies in force, behind the front. */
export async function startAws(options: SandboxAwsOptions): Promise<SandboxAws> {
  const python = await ensureEmulatorVenv(options);
  const consoleDir = path.resolve(options.runDir, 'instance-consoles');
  const emulator = await startEmulator({ python, consoleDir, log: options.log });
  try {
    const provisioned = await provisionAccounts(emulator);
    const front = await startAwsFront(emulator, provisioned, options);
    return {
      url: front.url,
      emulatorUrl: emulator.url,
      consoleDir,
      provisioned,
      front,
      ask: (verb, question) => emulator.ask(verb, question),
      reset: () => emulator.clear(),
      async stop() {
        await front.stop();
        await emulator.stop();
      },
    };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

async function startAwsFront(
  emulator: Emulator,
  provisioned: ProvisionedAws,
  options: SandboxAwsOptions,
): Promise<Front> {
  const vendor = createAwsVendor({
    emulatorUrl: emulator.url,
    users: userNames(provisioned),
    reset: () => emulator.clear(),
    ask: (verb, question) => emulator.ask(verb, question),
    seed: (fixtures) => seedObjects(emulator.url, provisioned, fixtures),
    requests: () => front.requests,
  });
  const port = options.port === undefined ? {} : { port: options.port };
  const front: Front = await startFront(vendor, { token: options.token, ...port });
  return front;
}

function userNames({ credentials }: ProvisionedAws): ReadonlyMap<string, string> {
  const { jiraBot, ciRunner, sam, admin } = credentials;
  const named = { 'jira-bot': jiraBot, 'ci-runner': ciRunner, sam };
  return new Map([
    ...Object.entries(named).map(([name, { accessKeyId }]) => [accessKeyId, name] as const),
    ...Object.values(admin).map(({ accessKeyId }) => [accessKeyId, 'sandbox-admin'] as const),
  ]);
}
