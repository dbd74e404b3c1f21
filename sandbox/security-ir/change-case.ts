import type { CaseChange } from './forms.ts';
import type { CaseStatus, StoredCase, ThreatActor, Watcher } from './model.ts';
import { conflict, invalidField } from './sir-refusal.ts';

/** The documented graph of self-managed cases; Closed is CloseCase's, the other two are AWS's. */
const next: Readonly<Record<CaseStatus, readonly CaseStatus[]>> = {
  Submitted: ['Detection and Analysis'],
  Acknowledged: ['Detection and Analysis'],
  'Detection and Analysis': ['Containment, Eradication and Recovery', 'Post-incident Activities'],
  'Containment, Eradication and Recovery': ['Detection and Analysis', 'Post-incident Activities'],
  'Post-incident Activities': ['Detection and Analysis', 'Containment, Eradication and Recovery'],
  'Ready to Close': [],
  Closed: [],
};

/** @throws ConflictException on a closed case, on one that AWS works on, and off the graph */
export function checkMove(found: StoredCase, to: CaseStatus): void {
  checkOpen(found);
  if (found.resolverType === 'AWS')
    throw conflict('The status of a case that AWS supports is set by AWS', found.caseId);
  if (!next[found.caseStatus].includes(to))
    throw conflict(`A case cannot go from ${found.caseStatus} to ${to}`, found.caseId);
}

/** @throws ConflictException */
export function checkOpen(found: StoredCase): void {
  if (found.caseStatus === 'Closed') throw conflict('The case is closed', found.caseId);
}

export function close(found: StoredCase, at: number, code?: StoredCase['closureCode']): void {
  Object.assign(found, { caseStatus: 'Closed', closedDate: at, pendingAction: 'None' });
  if (code !== undefined) found.closureCode = code;
}

/** UpdateCase: what is not named stays; of lists so much is added and taken away. @returns the names of what was given */
export function applyChange(found: StoredCase, change: CaseChange): readonly string[] {
  const { title, description, engagementType, reportedIncidentStartDate, actualIncidentStartDate } = change;
  const plain = { title, description, engagementType, reportedIncidentStartDate, actualIncidentStartDate };
  const given = Object.entries(plain).filter(([, value]) => value !== undefined);
  const lists = changedLists(found, change);
  const metadata = change.caseMetadata && [
    ...found.caseMetadata.filter(({ key }) => !change.caseMetadata?.some((one) => one.key === key)),
    ...change.caseMetadata,
  ];
  Object.assign(found, Object.fromEntries(given), lists, metadata ? { caseMetadata: metadata } : {});
  return Object.keys(change).filter((name) => change[name as keyof CaseChange] !== undefined);
}

function changedLists(found: StoredCase, change: CaseChange) {
  const watcherKey = ({ email }: Watcher) => email.toLowerCase();
  const actorKey = ({ ipAddress, userAgent = '' }: ThreatActor) => `${ipAddress} ${userAgent}`;
  const same = (value: string) => value;
  const { watchers, impactedServices, impactedAwsRegions, impactedAccounts } = found;
  return {
    watchers: merged('watchers', watchers, change.watchersToAdd, change.watchersToDelete, watcherKey, 30),
    threatActorIpAddresses: merged(
      ...(['threatActorIpAddresses', found.threatActorIpAddresses] as const),
      ...([change.threatActorIpAddressesToAdd, change.threatActorIpAddressesToDelete] as const),
      ...([actorKey, 200] as const),
    ),
    impactedServices: merged(
      ...(['impactedServices', impactedServices] as const),
      ...([change.impactedServicesToAdd, change.impactedServicesToDelete, same, 600] as const),
    ),
    impactedAwsRegions: merged(
      ...(['impactedAwsRegions', impactedAwsRegions, change.impactedAwsRegionsToAdd] as const),
      ...([change.impactedAwsRegionsToDelete, ({ region }: { region: string }) => region, 50] as const),
    ),
    impactedAccounts: merged(
      ...(['impactedAccounts', impactedAccounts] as const),
      ...([change.impactedAccountsToAdd, change.impactedAccountsToDelete, same, 200] as const),
    ),
  };
}

/** Deletions first, as the console does it: what is in both lists is there afterwards. */
function merged<Item>(
  name: string,
  there: readonly Item[],
  add: readonly Item[] = [],
  take: readonly Item[] = [],
  keyOf: (item: Item) => string,
  most: number,
): readonly Item[] {
  const taken = new Set(take.map(keyOf));
  const kept = there.filter((item) => !taken.has(keyOf(item)));
  const all = [...new Map([...kept, ...add].map((item) => [keyOf(item), item])).values()];
  if (all.length > most) throw invalidField(`${name}ToAdd`, `a case has at most ${most}`);
  return all;
}
