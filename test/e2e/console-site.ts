import { startConsole, type SandboxConsole } from '../../sandbox/console/start-console.ts';
import { createGitlabVendor } from '../../sandbox/gitlab/gitlab-vendor.ts';
import { createJiraVendor } from '../../sandbox/jira/vendor.ts';
import { startFront, type Front } from '../../sandbox/shared/front.ts';
import { createPeople, type SandboxPerson } from '../../sandbox/shared/people.ts';
import { createSlackVendor } from '../../sandbox/slack/slack-vendor.ts';
import { awsControlToken, sharedAws } from '../support/aws.ts';

export interface ConsoleSite {
  readonly console: SandboxConsole;
  readonly token: string;
  readonly people: readonly SandboxPerson[];
  readonly jira: Front;
  readonly slack: Front;
  readonly aws: Front;
  /** `POST /_sandbox/<verb>` of a vendor. */
  control(vendor: Front, verb: string, body: object): Promise<unknown>;
  stop(): Promise<void>;
}

const ci = {
  workflowName: 'Promote $AGENT_VERSION',
  jobs: [{ name: 'verify-installer', stage: 'verify', script: 'true', timeoutSeconds: 5 }],
};

/** A console with real fronts behind it, without Temporal: its links lead nowhere. */
export async function startConsoleSite(): Promise<ConsoleSite> {
  const people = createPeople();
  // the shared emulator has its token already, so the others take the same
  const token = awsControlToken;
  const gitlabVendor = createGitlabVendor({
    ...{ people, ci, projectToken: 'glpat-of-the-tests' },
    jobRunner: () => Promise.resolve({ status: 'success', trace: 'checked\n' }),
  });
  const aws = await sharedAws();
  const jira = await startFront(createJiraVendor({ people }), { token });
  const slack = await startFront(createSlackVendor({ people, botToken: 'xoxb-of-the-tests' }), { token });
  const gitlab = await startFront(gitlabVendor, { token });
  const vendors = { people, secrets: { control: token }, jira, gitlab, slack, aws };
  const console = await startConsole({ vendors, uiUrl: 'http://127.0.0.1:9' });

  async function control(vendor: Front, verb: string, body: object) {
    const headers = { 'x-sandbox-token': token, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await fetch(`${vendor.url}/_sandbox/${verb}`, init)).json();
  }

  return {
    ...{ console, token, people, jira, slack, aws: aws.front, control },
    async stop() {
      await console.stop();
      await Promise.all([jira.stop(), slack.stop(), gitlab.stop()]);
    },
  };
}
