import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startInstanceRunner } from '../aws/instance-runner.ts';
import { startAws, type SandboxAws } from '../aws/start-aws.ts';
import { createGitlabVendor } from '../gitlab/gitlab-vendor.ts';
import { createJobRunner } from '../gitlab/job-runner.ts';
import { readCiDefinition } from '../gitlab/read-ci-definition.ts';
import { createHaloVendor } from '../halo/halo-vendor.ts';
import { requireIsolation } from '../isolation/isolation-available.ts';
import { createJiraVendor } from '../jira/vendor.ts';
import { emulatorEvents } from '../security-ir/case-events.ts';
import { emulatorKeys } from '../security-ir/key-ring.ts';
import { createSecurityIrVendor } from '../security-ir/security-ir-vendor.ts';
import { startFront, type Front } from '../shared/front.ts';
import { createPeople, type SandboxPerson } from '../shared/people.ts';
import { createSlackVendor } from '../slack/slack-vendor.ts';

const deployFolder = path.join(
  path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))),
  'deploy/gitlab',
);

export interface SandboxSecrets {
  /** Header X-Sandbox-Token. */
  readonly control: string;
  readonly jiraWebhook: string;
  readonly jiraAutomation: string;
  readonly gitlabWebhook: string;
  readonly gitlabSigning: string;
  readonly gitlabProjectToken: string;
  readonly slackBot: string;
  readonly slackSigning: string;
  /** Opens Socket Mode. */
  readonly slackAppToken: string;
  readonly haloKeyId: string;
  readonly haloSecret: string;
}

export interface SandboxVendors {
  readonly people: readonly SandboxPerson[];
  readonly secrets: SandboxSecrets;
  readonly jira: Front;
  readonly gitlab: Front;
  readonly slack: Front;
  readonly aws: SandboxAws;
  readonly halo: Front;
  readonly securityIr: Front;
  /** Instances are RunInstances'd but never boot. */
  setNeverBoot(on: boolean): void;
  stop(): Promise<void>;
}

export interface VendorPorts {
  readonly jira?: number;
  readonly gitlab?: number;
  readonly slack?: number;
  readonly aws?: number;
  readonly halo?: number;
  readonly securityIr?: number;
}

/**
 * Every vendor on loopback, with the people of the sandbox, their webhooks aimed at the starters.
 * @throws where the kernel gives no namespaces: user data is never run on the bare host
 */
export async function startVendors(options: {
  runDir: string;
  cacheDir: string;
  startersUrl: string;
  ports?: VendorPorts;
  log: (line: string) => void;
}): Promise<SandboxVendors> {
  await requireIsolation();
  const { startersUrl, ports = {}, log } = options;
  const secrets = createSecrets();
  const people = createPeople();
  const control = (port: number | undefined) => ({
    token: secrets.control,
    ...(port === undefined ? {} : { port }),
  });
  const aws = await startAws({ ...options, ...control(ports.aws) });
  const jiraWebhook = { url: `${startersUrl}/webhooks/jira`, secret: secrets.jiraWebhook };
  const jira = await startFront(createJiraVendor({ people, webhook: jiraWebhook }), control(ports.jira));
  const gitlabVendor = createGitlabVendor({
    people,
    projectToken: secrets.gitlabProjectToken,
    ci: readCiDefinition(path.join(deployFolder, '.gitlab-ci.yml')),
    jobRunner: createJobRunner({
      awsEndpoint: aws.url,
      awsCredentials: aws.provisioned.credentials.ciRunner,
      projectDir: deployFolder,
    }),
    hooks: [
      {
        url: `${startersUrl}/webhooks/gitlab`,
        token: secrets.gitlabWebhook,
        signing_token: secrets.gitlabSigning,
        pipeline_events: true,
        push_events: false,
      },
    ],
  });
  const gitlab = await startFront(gitlabVendor, control(ports.gitlab));
  const slackVendor = createSlackVendor({
    people,
    ...{ botToken: secrets.slackBot, appToken: secrets.slackAppToken, signingSecret: secrets.slackSigning },
    requestUrl: `${startersUrl}/slack/events`,
  });
  const slack = await startFront(slackVendor, control(ports.slack));
  const haloKey = { id: secrets.haloKeyId, secret: secrets.haloSecret };
  const halo = await startFront(createHaloVendor({ key: haloKey }), control(ports.halo));
  const securityIr = await startFront(securityIrOf(aws), control(ports.securityIr));
  const { accounts, credentials } = aws.provisioned;
  const instances = await startInstanceRunner({
    endpoint: aws.url,
    controlEndpoint: aws.emulatorUrl,
    accounts: [{ name: 'test', id: accounts.test.id }],
    adminFor: (name) => credentials.admin[name as keyof typeof credentials.admin],
    consoleDir: aws.consoleDir,
    log,
  });
  return {
    people,
    secrets,
    jira,
    gitlab,
    slack,
    aws,
    halo,
    securityIr,
    setNeverBoot: (on) => instances.setNeverBoot(on),
    async stop() {
      await instances.stop();
      await Promise.all([jira.stop(), gitlab.stop(), slack.stop(), halo.stop(), securityIr.stop()]);
      await aws.stop();
    },
  };
}

/** The membership is SOC's; keys, rights and the way of the events are the emulator's. */
function securityIrOf(aws: SandboxAws) {
  const { accounts, region } = aws.provisioned;
  return createSecurityIrVendor({
    ...{ account: accounts.soc.id, region },
    ...{ keys: emulatorKeys(aws), publish: emulatorEvents(aws) },
  });
}

function createSecrets(): SandboxSecrets {
  const random = () => randomBytes(24).toString('base64url');
  return {
    control: random(),
    jiraWebhook: random(),
    jiraAutomation: random(),
    gitlabWebhook: random(),
    gitlabSigning: `whsec_${randomBytes(32).toString('base64')}`,
    gitlabProjectToken: `glpat-${random()}`,
    slackBot: `xoxb-${random()}`,
    slackSigning: randomBytes(16).toString('hex'),
    slackAppToken: `xapp-1-A0LOCKKEEPER-${random()}`,
    haloKeyId: 'halo-auditor',
    haloSecret: random(),
  };
}
