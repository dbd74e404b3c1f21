import { createTrailActivities } from '../../activities/cloudtrail/activities.ts';
import { createTrailClient } from '../../activities/cloudtrail/client.ts';
import { createSecretTicketActivities } from '../../activities/jira/secrets/activities.ts';
import { createSecretTickets } from '../../activities/jira/secrets/client.ts';
import { openAccess } from '../../activities/jira/site.ts';
import { createLedgerActivities } from '../../activities/ledger/activities.ts';
import { createLedger } from '../../activities/ledger/client.ts';
import { createLedgerExport } from '../../activities/ledger/export.ts';
import type { LedgerPort } from '../../activities/ledger/port.ts';
import { createLedgerTable, type LedgerTable } from '../../activities/ledger/table-calls.ts';
import { openBucket } from '../../activities/s3/bucket.ts';
import { currentCall } from '../../activities/sts/aws-call.ts';
import { toClientSettings } from '../../activities/sts/aws-connection.ts';
import { createRoleChain } from '../../activities/sts/role-chain.ts';
import type { Config } from '../../config/parse-config.ts';
import { findPerson } from '../../config/people.ts';
import type { SecretAuditConfig } from '../../config/secret-schema.ts';
import type { SecretName } from '../../config/secrets.ts';
import { revealSecret } from './reveal-secret.ts';

/** None while the process is off: then nobody has to have them. */
export function auditSecrets({ processes: { secrets } }: Config): readonly SecretName[] {
  return secrets ? ['jiraEmail', 'jiraApiToken'] : [];
}

/** @returns nothing while the process is off */
export function createAuditQueue(config: Config): object {
  const { secrets: audit } = config.processes;
  if (!audit) return {};
  const ledger = openLedger(config, audit);
  return {
    ...createSecretTicketActivities(openTickets(config, audit, ledger)),
    ...createLedgerActivities(ledger),
    ...createTrailActivities(openTrail(config, audit)),
  };
}

function openTickets(config: Config, audit: SecretAuditConfig, ledger: LedgerPort) {
  const { site: name, project, issueType, fields, lookBackDays, principals, owners } = audit;
  const site = config.jira.sites.find((one) => one.name === name);
  if (!site) throw new Error(`no Jira site "${name}" in the configuration`);
  const botAccountId = findPerson(config, { name: site.bot })?.jira;
  return createSecretTickets({
    access: openAccess({
      ...{ name, baseUrl: site.baseUrl, callsPerSecond: audit.jiraCallsPerSecond },
      email: revealSecret(config, 'jiraEmail'),
      apiToken: revealSecret(config, 'jiraApiToken'),
      ...(botAccountId === undefined ? {} : { botAccountId }),
    }),
    ...{ issueType, fields, lookBackDays, home: audit.home ?? null },
    who: { project, principals, owners, people: config.people },
    personOf: (jira) => findPerson(config, { jira })?.name,
    record: (ticket) => ledger.recordTicket({ site: name, ticket }),
    now: Date.now,
  });
}

function openLedger(config: Config, audit: SecretAuditConfig) {
  const settings = { ...toClientSettings(toConnection(config, audit)), ...toCredentials(config, audit) };
  const table = createLedgerTable({ table: audit.table, settings, context: currentCall });
  return createLedger({ table, now: Date.now, ...openExport(config, audit, table) });
}

function openExport(config: Config, audit: SecretAuditConfig, table: LedgerTable) {
  const { export: target, account } = audit;
  const { credentials } = toCredentials(config, audit);
  if (!target || !credentials) return {};
  const bucket = openBucket({ id: account, bucket: target.bucket }, credentials, {
    ...toConnection(config, audit),
    forcePathStyle: config.endpoints.aws !== undefined,
  });
  const { prefix } = target;
  return { exportDays: createLedgerExport({ table, bucket, prefix, context: currentCall }) };
}

function openTrail(config: Config, audit: SecretAuditConfig) {
  const { accounts, role, externalId } = audit;
  const roles = accounts.flatMap(({ id, role: lookup }) => (lookup ? [[id, lookup] as const] : []));
  return createTrailClient({
    ...toConnection(config, audit),
    accounts: Object.fromEntries(roles),
    ...(role === undefined ? {} : { role }),
    ...(externalId === undefined ? {} : { externalId }),
  });
}

/** The role is assumed with this process's own credentials and kept until its session ends. */
function toCredentials(config: Config, audit: SecretAuditConfig) {
  const { role, externalId } = audit;
  if (role === undefined) return {};
  const chain = createRoleChain({
    ...toConnection(config, audit),
    ...{ agentDeployRoleArn: role, sessionName: `lockkeeper-${config.deployment}` },
    ...(externalId === undefined ? {} : { externalId }),
  });
  return { credentials: chain.agentDeploy };
}

function toConnection({ endpoints }: Config, { region }: SecretAuditConfig) {
  return { region, ...(endpoints.aws === undefined ? {} : { endpoint: endpoints.aws }) };
}
