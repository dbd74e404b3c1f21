import { findDuplicates } from './duplicates.ts';
import { undefinedName, type ConfigFault } from './fault.ts';
import type { Outline } from './outline.ts';
import { findPersonFaults } from './people-references.ts';

const path = 'processes.secrets';

/** The audit of secrets: a site, people and channels that are known, tickets and messages that are nobody else's. */
export function findSecretFaults(outline: Outline): ConfigFault[] {
  const { secrets } = outline;
  if (!secrets.present) return [];
  return [
    ...findNameFaults(outline),
    ...secrets.people.flatMap((place) => findPersonFaults({ ...place, needsJira: false }, outline)),
    ...findDuplicates(`${path}.accounts`, 'id', secrets.accounts),
    ...findSameRegions(outline),
    ...findQueueFaults(outline),
    ...findRoleFaults(outline),
    ...findTakenTopics(outline),
    ...findTakenTypes(outline),
    ...findApproverFaults(outline),
  ];
}

function findNameFaults({ secrets, sites, channels }: Outline): ConfigFault[] {
  const known = sites.flatMap(({ name }) => name ?? []);
  const { site } = secrets;
  const ofSite =
    site === undefined || known.includes(site)
      ? []
      : [undefinedName(`${path}.site`, site, 'jira.sites', known)];
  const ofChannels = secrets.channels.flatMap(({ path: place, name }) =>
    name === undefined || channels.includes(name)
      ? []
      : [undefinedName(place, name, 'slack.channels', channels)],
  );
  return [...ofSite, ...ofChannels];
}

function findSameRegions({ secrets: { regions } }: Outline): ConfigFault[] {
  return regions.flatMap((region, index) =>
    region === undefined || regions.indexOf(region) === index
      ? []
      : [
          {
            path: `${path}.regions[${index}]`,
            problem: `"${region}" stands there already`,
            fix: 'remove it',
          },
        ],
  );
}

/** A body that is put aside into the queue it came from would come again for ever. */
function findQueueFaults({ secrets: { queueUrl, deadLetterUrl } }: Outline): ConfigFault[] {
  if (deadLetterUrl === undefined) return [];
  const place = `${path}.deadLetterUrl`;
  if (queueUrl === undefined)
    return [
      {
        path: place,
        problem: 'is of no queue',
        fix: 'set queueUrl to the queue of the events, or remove it',
      },
    ];
  if (bare(queueUrl) !== bare(deadLetterUrl)) return [];
  return [
    {
      path: place,
      problem: 'is the queue of the events itself',
      fix: 'set it to the URL of the dead-letter queue',
    },
  ];
}

function findRoleFaults({ secrets: { hasRole, hasExternalId } }: Outline): ConfigFault[] {
  if (hasRole || !hasExternalId) return [];
  const fix = 'set role to the ARN of the role that asks for it, or remove it';
  return [{ path: `${path}.externalId`, problem: 'is of no role', fix }];
}

/** Of a message only the topic tells which process it is for. */
function findTakenTopics({ secrets, incidents }: Outline): ConfigFault[] {
  return secrets.topics.flatMap((topic, index) => {
    const other = incidents.connections.find((one) => topic !== undefined && one.topics.includes(topic));
    if (!other) return [];
    const problem = `is a topic of ${other.path}`;
    return [{ path: `${path}.topics[${index}]`, problem, fix: 'make a topic of its own for these tickets' }];
  });
}

/** A ticket is for one process; and a finding approves nothing. */
function findTakenTypes(outline: Outline): ConfigFault[] {
  const { secrets, sites, change, incidents } = outline;
  const url = urlOf(secrets.site, outline);
  const others = [
    ...sites.map((site, index) => ({ ...site, path: `jira.sites[${index}]` })),
    { ...change, name: change.site, path: 'processes.change' },
    ...incidents.connections.map((one) => ({ ...one, name: one.site })),
  ].filter(({ name }) => url !== undefined && urlOf(name, outline) === url);
  const places = [
    { place: path, project: secrets.project, issueType: secrets.issueType },
    { place: `${path}.finding`, project: secrets.finding.project, issueType: secrets.finding.issueType },
  ];
  const taken = places.flatMap(({ place, project, issueType }) => {
    const one = others.find((other) => other.project === project && other.issueType === issueType);
    if (!one || project === undefined || issueType === undefined) return [];
    const problem = `has the project and the issue type of ${one.path}`;
    return [{ path: place, problem, fix: 'give it a project or an issue type of its own' }];
  });
  const isSame =
    secrets.finding.project === secrets.project && secrets.finding.issueType === secrets.issueType;
  if (!isSame) return taken;
  const problem = 'is the type of the tickets that approve';
  return [...taken, { path: `${path}.finding.issueType`, problem, fix: 'give findings a type of their own' }];
}

/** Whoever made the change must not approve it afterwards. */
function findApproverFaults({ secrets: { finding }, approvals }: Outline): ConfigFault[] {
  const approval = approvals.find(({ name }) => name === finding.approval);
  if (!approval || approval.exclude.includes('changer')) return [];
  return [
    {
      path: `${path}.finding.approval`,
      problem: `"${approval.name}" lets the changer approve the change`,
      fix: `name changer in approvals.${approval.name}.exclude`,
    },
  ];
}

/** Sites are entries of one project; where they are is what tells them apart. */
function urlOf(site: string | undefined, { sites }: Outline): string | undefined {
  const { baseUrl } = sites.find(({ name }) => name === site) ?? {};
  return baseUrl === undefined ? undefined : bare(baseUrl).toLowerCase();
}

function bare(url: string): string {
  return url.replace(/\/+$/, '');
}
