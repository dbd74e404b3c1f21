import { createFailure } from '../../workflows/shared/failures.ts';
import { caseStatuses, type CaseField, type CaseStatus } from '../../workflows/incident-sync/sides.ts';
import type { CaseComment, CaseListItem, CaseSystem, IncidentCase, NewCase, Watcher } from './port.ts';
import type {
  CaseItemShape,
  CaseShape,
  CommentShape,
  CreateCaseShape,
  ThreatActorIpShape,
  UpdateCaseShape,
  WatcherShape,
} from './sdk/commands.ts';

/** Between the service's forms and ours. @throws UnsupportedResponse naming the member that is missing or unknown */

export function toCase(caseId: string, answer: CaseShape): IncidentCase {
  const fields: IncidentCase['fields'] = {
    title: answer.title ?? '',
    description: answer.description ?? '',
    engagementType: answer.engagementType ?? null,
    resolverType: answer.resolverType ?? null,
    pendingAction: answer.pendingAction ?? null,
    closureCode: answer.closureCode ?? null,
    reportedIncidentStartDate: toIso(answer.reportedIncidentStartDate),
    actualIncidentStartDate: toIso(answer.actualIncidentStartDate),
    impactedAccounts: answer.impactedAccounts ?? [],
    impactedAwsRegions: (answer.impactedAwsRegions ?? []).map(({ region }) => region),
    impactedServices: answer.impactedServices ?? [],
    threatActorIpAddresses: (answer.threatActorIpAddresses ?? []).map(fromAddress),
    caseArn: answer.caseArn ?? null,
  };
  return {
    caseId,
    caseArn: given(answer.caseArn, 'caseArn'),
    status: toStatus(answer.caseStatus),
    resolverType: oneOf(['AWS', 'Self'] as const, answer.resolverType, 'resolverType'),
    engagementType: oneOf(
      ['Security Incident', 'Investigation'] as const,
      answer.engagementType,
      'engagementType',
    ),
    pendingAction: answer.pendingAction === 'Customer' ? 'Customer' : 'None',
    closureCode: answer.closureCode ?? null,
    closedAt: toIso(answer.closedDate),
    createdAt: given(toIso(answer.createdDate), 'createdDate'),
    updatedAt: given(toIso(answer.lastUpdatedDate ?? answer.createdDate), 'lastUpdatedDate'),
    fields,
    watchers: (answer.watchers ?? []).map(({ email, name }) => ({ email, name: name ?? null })),
    attachments: (answer.caseAttachments ?? []).map((one) => ({
      id: one.attachmentId,
      fileName: one.fileName,
      status: oneOf(['Verified', 'Failed', 'Pending'] as const, one.attachmentStatus, 'attachmentStatus'),
      creator: one.creator,
      createdAt: given(toIso(one.createdDate), 'createdDate'),
    })),
  };
}

export function toListItem(item: CaseItemShape): CaseListItem {
  const createdAt = given(toIso(item.createdDate), 'createdDate');
  return {
    caseId: item.caseId,
    status: given(item.caseStatus, 'caseStatus'),
    createdAt,
    updatedAt: toIso(item.lastUpdatedDate) ?? createdAt,
  };
}

export function toComment(item: CommentShape): CaseComment {
  const createdAt = given(toIso(item.createdDate), 'createdDate');
  return {
    id: item.commentId,
    body: item.body ?? '',
    creator: item.creator ?? '',
    createdAt,
    updatedAt: toIso(item.lastUpdatedDate) ?? createdAt,
    lastUpdatedBy: item.lastUpdatedBy ?? item.creator ?? '',
  };
}

export function toNewCase(order: NewCase): CreateCaseShape {
  const { watchers, tags, impactedAccounts, impactedServices, ...rest } = order;
  return {
    ...rest,
    reportedIncidentStartDate: new Date(order.reportedIncidentStartDate),
    impactedAccounts: [...impactedAccounts],
    impactedServices: [...impactedServices],
    impactedAwsRegions: order.impactedAwsRegions.map((region) => ({ region })),
    threatActorIpAddresses: order.threatActorIpAddresses.map(toAddress),
    watchers: watchers.map((one) => ({ ...one })),
    tags: { ...tags },
  };
}

export function toWatcher({ email, name }: Watcher): WatcherShape {
  return { email, ...(name === null ? {} : { name }) };
}

type Fields = Parameters<CaseSystem['updateCase']>[1];
type Change = Omit<UpdateCaseShape, 'caseId'>;

/** The difference to what stands there; lists are told by what comes and what goes. */
export function toChange(wanted: Fields, there: IncidentCase['fields']): Change {
  const change: Change = {};
  for (const name of ['title', 'description', 'engagementType'] as const) {
    const value = wanted[name];
    if (typeof value === 'string' && value !== there[name]) change[name] = value;
  }
  const { actualIncidentStartDate: began } = wanted;
  if (typeof began === 'string' && began !== there.actualIncidentStartDate)
    change.actualIncidentStartDate = new Date(began);
  const difference = (name: CaseField) => differenceOf(wanted[name], there[name]);
  const accounts = difference('impactedAccounts');
  if (accounts.add.length > 0) change.impactedAccountsToAdd = accounts.add;
  if (accounts.remove.length > 0) change.impactedAccountsToDelete = accounts.remove;
  const services = difference('impactedServices');
  if (services.add.length > 0) change.impactedServicesToAdd = services.add;
  if (services.remove.length > 0) change.impactedServicesToDelete = services.remove;
  const regions = difference('impactedAwsRegions');
  if (regions.add.length > 0) change.impactedAwsRegionsToAdd = regions.add.map((region) => ({ region }));
  if (regions.remove.length > 0)
    change.impactedAwsRegionsToDelete = regions.remove.map((region) => ({ region }));
  const addresses = difference('threatActorIpAddresses');
  if (addresses.add.length > 0) change.threatActorIpAddressesToAdd = addresses.add.map(toAddress);
  if (addresses.remove.length > 0) change.threatActorIpAddressesToDelete = addresses.remove.map(toAddress);
  return change;
}

/** What is not asked about stays. */
function differenceOf(wanted: Fields[CaseField], there: IncidentCase['fields'][CaseField]) {
  if (!Array.isArray(wanted)) return { add: [], remove: [] };
  const [now, then]: [readonly string[], readonly string[]] = [wanted, Array.isArray(there) ? there : []];
  return {
    add: [...new Set(now)].filter((one) => !then.includes(one)),
    remove: then.filter((one) => !now.includes(one)),
  };
}

function fromAddress({ ipAddress, userAgent }: ThreatActorIpShape): string {
  return userAgent ? `${ipAddress} ${userAgent}` : ipAddress;
}

function toAddress(text: string): ThreatActorIpShape {
  const [ipAddress = '', ...rest] = text.trim().split(' ');
  const userAgent = rest.join(' ').trim();
  return { ipAddress, ...(userAgent === '' ? {} : { userAgent }) };
}

function toStatus(status: string | undefined): CaseStatus {
  return oneOf(caseStatuses, status, 'caseStatus');
}

function oneOf<T extends string>(known: readonly T[], value: string | undefined, member: string): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw unsupported(member, value);
  return found;
}

function given<T>(value: T | null | undefined, member: string): T {
  if (value === null || value === undefined) throw unsupported(member, undefined);
  return value;
}

function unsupported(member: string, value: string | undefined): Error {
  return createFailure(
    'UnsupportedResponse',
    `security-ir: ${member}: ${value === undefined ? 'is missing' : `"${value.slice(0, 60)}" is not known`}`,
    { details: { system: 'security-ir', expected: member } },
  );
}

/** Whole seconds come from the service: without the part that it never says. */
function toIso(date: Date | undefined): string | null {
  return date === undefined || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
