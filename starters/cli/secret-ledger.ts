import { createTrailClient } from '../../activities/cloudtrail/client.ts';
import type { TrailPort } from '../../activities/cloudtrail/port.ts';
import { createLedgerExport } from '../../activities/ledger/export.ts';
import { readDay, type LedgerDay } from '../../activities/ledger/read-ledger.ts';
import { createLedgerTable, type LedgerTable } from '../../activities/ledger/table-calls.ts';
import { openBucket } from '../../activities/s3/bucket.ts';
import { unattended } from '../../activities/sts/aws-call.ts';
import { toClientSettings } from '../../activities/sts/aws-connection.ts';
import { createRoleChain } from '../../activities/sts/role-chain.ts';
import type { Config } from '../../config/parse-config.ts';
import type { SecretAuditConfig } from '../../config/secret-schema.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { daysOf } from './secret-report.ts';

/** @throws CliError secrets are not audited */
export function requireAudit({ processes: { secrets } }: Config): SecretAuditConfig {
  if (secrets) return secrets;
  throw new CliError(
    exitCodes.usage,
    'secrets are not audited: processes.secrets is not in the configuration',
    'Name another configuration with --config.',
  );
}

/** The ledger, with the AWS credentials of the operator's shell: those of the rules' role, which they have to be able to assume. */
export function openLedgerTable(config: Config): LedgerTable {
  const { table } = requireAudit(config);
  const settings = { ...toClientSettings(toConnection(config)), ...toCredentials(config) };
  return createLedgerTable({ table, settings, context: () => unattended });
}

/** CloudTrail of the audited accounts, by the roles that the sweep takes. */
export function openTrail(config: Config): TrailPort {
  const { accounts, role, externalId } = requireAudit(config);
  const roles = accounts.flatMap(({ id, role: lookup }) => (lookup ? [[id, lookup] as const] : []));
  return createTrailClient({
    ...toConnection(config),
    ...{ accounts: Object.fromEntries(roles), context: () => unattended },
    ...(role === undefined ? {} : { role }),
    ...(externalId === undefined ? {} : { externalId }),
  });
}

/** @throws CliError nothing is exported */
export function openExport(config: Config) {
  const { export: target, account } = requireAudit(config);
  if (!target)
    throw new CliError(
      exitCodes.usage,
      'processes.secrets.export: is not in the configuration',
      'Set bucket and prefix there.',
    );
  const { credentials } = toCredentials(config);
  if (!credentials)
    throw new CliError(
      exitCodes.usage,
      'processes.secrets.role: is not in the configuration',
      'Set it there.',
    );
  const forcePathStyle = config.endpoints.aws !== undefined;
  const bucket = openBucket({ id: account, bucket: target.bucket }, credentials, {
    ...toConnection(config),
    forcePathStyle,
  });
  const { prefix } = target;
  return createLedgerExport({ table: openLedgerTable(config), bucket, prefix, context: () => unattended });
}

/** @throws CliError there is no such month */
export function requireDays(month: string): readonly string[] {
  const days = daysOf(month);
  if (days) return days;
  throw new CliError(exitCodes.usage, `--month: "${month}" is no month`, 'Write it as 2026-11.');
}

/** One after the other: a month of a large organisation is many items. */
export async function readDays(table: LedgerTable, days: readonly string[]): Promise<LedgerDay[]> {
  const found: LedgerDay[] = [];
  for (const day of days) found.push(await readDay(table, day));
  return found;
}

function toConnection({ endpoints, processes }: Config) {
  const region = processes.secrets?.region ?? '';
  return { region, ...(endpoints.aws === undefined ? {} : { endpoint: endpoints.aws }) };
}

function toCredentials(config: Config) {
  const { role, externalId } = requireAudit(config);
  if (role === undefined) return {};
  const chain = createRoleChain({
    ...toConnection(config),
    ...{ agentDeployRoleArn: role, sessionName: 'lockkeeper-cli' },
    ...(externalId === undefined ? {} : { externalId }),
  });
  return { credentials: chain.agentDeploy };
}
