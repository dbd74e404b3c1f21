import type { FieldMap } from '../../workflows/incident-sync/sides.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { incidentTag } from '../../workflows/shared/names.ts';
import { cutText } from '../plain-text.ts';
import { clientToken } from './hash.ts';
import { tagOf, type ConnectionParts } from './parts.ts';
import type { IncidentPort } from './port.ts';
import { whyNot } from './tie.ts';
import { toCaseValue } from './transform.ts';

/**
 * A case from an issue. AWS answers a second call of the same token with the first one's case, and the tag says whose it is before
 * anybody hears of it. @throws InvalidInput naming what AWS must be told and nobody said; PolicyViolation no case may be made of it
 */
export async function createCase(
  parts: ConnectionParts,
  { issueId, key, again = false }: Parameters<IncidentPort['createCase']>[0],
): Promise<{ caseId: string }> {
  const { intake, tickets, cases, name, fields } = parts;
  const issue = await tickets.readIssue(issueId, [
    ...new Set(['summary', 'description', ...fields.map(({ issueField }) => issueField)]),
  ]);
  const objection = whyNot(parts, again ? { ...issue, reporterIsBot: false } : issue);
  if (!intake || objection !== null)
    throw createFailure('PolicyViolation', `issue ${issue.key}: ${objection ?? 'no cases are made'}`);
  const mapped = (caseField: FieldMap['caseField']) => {
    const field = fields.find((one) => one.caseField === caseField && one.direction !== 'to-issue');
    const value = field && toCaseValue(field, issue.fields[field.issueField]);
    return value === undefined || value.length === 0 ? undefined : value;
  };
  const listOf = (caseField: FieldMap['caseField'], configured: readonly string[]) => {
    const value = mapped(caseField);
    return value === undefined ? configured : [value].flat();
  };
  const title = String(mapped('title') ?? issue.fields['summary'] ?? '').trim();
  const impactedAccounts = listOf('impactedAccounts', intake.impactedAccounts);
  const missing = [
    ...(title === '' ? ['summary'] : []),
    ...(impactedAccounts.length === 0 ? ['impactedAccounts'] : []),
    ...(intake.watchers.length === 0 ? ['watchers'] : []),
  ];
  if (missing.length > 0)
    throw createFailure(
      'InvalidInput',
      `issue ${issue.key}: AWS must be told ${missing.join(', ')}: fill the mapped field, or set it under intake in the configuration`,
      { details: { system: 'security-ir', expected: missing.join(', ') } },
    );
  const described = String(mapped('description') ?? issue.fields['description'] ?? '').trim();
  const engagement = mapped('engagementType');
  return cases.createCase({
    clientToken: clientToken(key),
    title: cutText(title, 300),
    description: cutText(
      described === '' ? `Reported as Jira issue ${issue.key}, without a description.` : described,
      8_000,
    ),
    engagementType:
      engagement === 'Investigation' || engagement === 'Security Incident'
        ? engagement
        : intake.engagementType,
    resolverType: intake.resolverType,
    reportedIncidentStartDate: issue.createdAt,
    impactedAccounts,
    impactedAwsRegions: listOf('impactedAwsRegions', intake.impactedAwsRegions),
    impactedServices: listOf('impactedServices', intake.impactedServices),
    threatActorIpAddresses: listOf('threatActorIpAddresses', []),
    watchers: intake.watchers,
    tags: { [incidentTag]: tagOf(name, issueId) },
  });
}
