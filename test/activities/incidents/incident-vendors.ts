import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { createIncidentActivities } from '../../../activities/incidents/activities.ts';
import type { ConnectionParts } from '../../../activities/incidents/parts.ts';
import type { IncidentPort } from '../../../activities/incidents/port.ts';
import { createIncidentTickets } from '../../../activities/jira/incidents/client.ts';
import { openAccess } from '../../../activities/jira/site.ts';
import { createCaseSystem } from '../../../activities/security-ir/client.ts';
import { toConnectionForms } from '../../../config/incident-forms.ts';
import { findConnection, toIncidentPolicy } from '../../../config/incident-policy.ts';
import { issuePerson } from '../../../sandbox/drive/issue-person.ts';
import { dropAnswered, dropSettled, expectedBy } from '../../../workflows/incident-sync/expected.ts';
import {
  afterAttachment,
  afterComment,
  afterFields,
  afterStatus,
  afterWatchers,
  createLink,
  settle,
} from '../../../workflows/incident-sync/link-state.ts';
import type { Expected, Link } from '../../../workflows/incident-sync/link.ts';
import { planSync } from '../../../workflows/incident-sync/plan.ts';
import type { CaseSide, IssueSide, Side } from '../../../workflows/incident-sync/sides.ts';
import { stepName, type Step } from '../../../workflows/incident-sync/steps.ts';
import { configOf, exampleWith } from '../../config/example-config.ts';
import { plainConnection } from '../../config/incident-config.ts';
import { startJira } from '../../sandbox/jira/jira-site.ts';
import { startSirSite } from '../../sandbox/security-ir/sir-site.ts';
import { siteAt } from '../../support/jira-site.ts';

const name = 'aws-main';
const ours = {
  ...{ accessKeyId: 'ASIAOURS', secretAccessKey: 'secret of aws-main' },
  sessionToken: 'token of aws-main',
};

export type IncidentVendors = Awaited<ReturnType<typeof startIncidentVendors>>;

/** Both stand-ins, the real adapters and the joining activities, in one process; `linkOf` does what `incidentSync` does, without Temporal. */
export async function startIncidentVendors() {
  const http = installHttp({ timeoutMs: 10_000 });
  const [jira, sir] = [await startJira(), await startSirSite()];
  const { email, jira: account } = jira.person('jira-bot');
  const fields = [
    { case: 'title', issue: 'summary', direction: 'both', conflict: 'case' },
    { case: 'description', issue: 'description', direction: 'both', conflict: 'case' },
    { case: 'caseArn', issue: 'Case ARN' },
    { case: 'pendingAction', issue: 'Pending action' },
  ];
  const connections = [{ ...plainConnection, fields }];
  const config = configOf(exampleWith({ 'processes.incidents': { connections } }));
  const connection = findConnection(config, name);
  assert.ok(connection);
  const policy = toIncidentPolicy(config, name);
  const cases = createCaseSystem({
    ...{ region: 'us-east-1', endpoint: sir.front.url, credentials: ours, callsPerSecond: 1_000 },
  });
  const route = {
    ...{ name: 'default', when: {}, project: 'INC', issueType: 'Incident', priority: null },
    ...{ securityLevel: null, components: [], assigneeAccountId: null, sync: true, severe: false },
  };
  const parts: ConnectionParts = {
    ...{ name, project: 'INC', routes: [route], internalPrefix: '[internal]' },
    ...{ fields: policy.fields, issueLinkBase: policy.issueLinkBase },
    maxAttachmentBytes: 1024,
    cases: {
      ...cases,
      // no STS here: the stand-in's own words for this key
      ownPrincipal: () => Promise.resolve('arn:aws:sts::111111111111:assumed-role/Lockkeeper-Incidents'),
    },
    tickets: createIncidentTickets({
      access: openAccess({ ...siteAt(jira.url, ''), email, apiToken: account.apiToken }),
      ...{ connection: name, project: 'INC' },
      ...toConnectionForms(connection),
      forms: [{ project: 'INC', issueType: 'Incident', components: [] }],
    }),
    intake: {
      ...{ issueTypes: ['Incident'], labels: [], engagementType: 'Security Incident', resolverType: 'Self' },
      ...{ impactedAccounts: ['111111111111'], impactedAwsRegions: [], impactedServices: [] },
      watchers: [{ email: 'sofia@example.com' }],
    },
  };
  const port: IncidentPort = createIncidentActivities(new Map([[name, parts]]));
  const people = { sofia: jira.person('sofia') };
  const person = issuePerson({ jira: jira.url, people }, 'sofia');
  return {
    ...{ jira, sir, port, policy, aws: sir.person, sofia: person },
    /** A link of this case; the issue is made unless it is named. */
    async linkOf(caseId: string, issueId?: string) {
      const workflowId = `incident:${name}:${caseId}`;
      const ref = { connection: name, caseId };
      const key = (step: string) => `${workflowId}/run/${step}`;
      const made = issueId
        ? {
            issueId,
            issueKey: (await port.tieIssue({ ...ref, issueId, workflowId, key: key('tie') })).issueKey,
          }
        : await port.ensureIssue({ ...ref, workflowId, key: key('issue') });
      const read = (): Promise<[CaseSide, IssueSide]> =>
        Promise.all([
          port.readCase({ ...ref, fields: policy.fields, withTag: false }),
          port.readIssue({ connection: name, issueId: made.issueId, fields: policy.fields }),
        ]);
      const [one, issue] = await read();
      return runOf(port, {
        link: createLink(policy, made, one, issue, issueId ? 'issue' : 'case'),
        read,
        key,
        caseId,
        policy,
      });
    },
    async stop() {
      await Promise.all([jira.stop(), sir.stop()]);
      await http.close();
    },
  };
}

interface RunParts {
  link: Link;
  readonly caseId: string;
  readonly policy: Parameters<typeof planSync>[0]['policy'];
  readonly read: () => Promise<[CaseSide, IssueSide]>;
  readonly key: (step: string) => string;
}

function runOf(port: IncidentPort, { link, caseId, policy, read, key }: RunParts) {
  const run = {
    link,
    expected: [] as readonly Expected[],
    notes: [] as readonly string[],
    /** One look at both sides. @returns the names of the steps that were taken */
    async sync(answers: Readonly<Record<string, Side>> = {}): Promise<string[]> {
      const [one, issue] = await read();
      const { expected, notes } = run;
      const plan = planSync({ policy, link: run.link, case: one, issue, answers, expected, notes });
      run.link = settle(run.link, one, issue, policy);
      run.expected = dropSettled(run.expected, plan);
      for (const step of plan.steps) {
        run.expected = [...run.expected, ...expectedBy(step, one, issue)];
        const given = { connection: name, caseId, issueId: run.link.issueId, key: key(stepName(step)) };
        // every activity is repeated: the first answer may have been lost
        await apply(port, step, given, { one, issue, link: run.link, policy });
        run.link = await apply(port, step, given, { one, issue, link: run.link, policy });
        run.expected = dropAnswered(run.expected, step);
        if (step.kind === 'note') run.notes = [...run.notes, step.name];
      }
      return plan.steps.map(stepName);
    },
    /** Until nothing is to be done. */
    async settled(): Promise<void> {
      for (let round = 0; round < 8; round += 1) if ((await run.sync()).length === 0) return;
      assert.fail(`still busy: ${(await run.sync()).join(', ')}`);
    },
  };
  return run;
}

interface Known {
  readonly one: CaseSide;
  readonly issue: IssueSide;
  readonly link: Link;
  readonly policy: RunParts['policy'];
}

async function apply(
  port: IncidentPort,
  step: Step,
  given: { connection: string; caseId: string; issueId: string; key: string },
  { one, issue, link, policy }: Known,
): Promise<Link> {
  switch (step.kind) {
    case 'fields': {
      const fields = policy.fields.filter((field) => step.keys.includes(field.key));
      const known = (step.to === 'case' ? one : issue).fields;
      return afterFields(
        link,
        step,
        await port.writeFields({ ...given, to: step.to, fields, losers: step.losers, known }),
      );
    }
    case 'issue-status': {
      const { status } = await port.moveIssue({
        ...given,
        status: step.status,
        from: step.from,
        closes: step.closes,
      });
      return afterStatus(link, { case: one.status, issue: status });
    }
    case 'case-status': {
      const { status } = await port.moveCase({ ...given, path: step.path });
      return afterStatus(link, { case: status, issue: issue.status });
    }
    case 'comment':
      return afterComment(link, step, await port.copyComment({ ...given, ...step }));
    case 'attachment': {
      const there = link.attachments.flatMap(({ sha256 }) => sha256 ?? []);
      return afterAttachment(link, step, await port.copyAttachment({ ...given, ...step, there }));
    }
    case 'watchers':
      return afterWatchers(link, step, await port.addWatchers({ ...given, to: step.to }));
    case 'note':
      await port.writeNote({ ...given, note: step.note });
      return link;
  }
}
