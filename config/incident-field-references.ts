import { writableCaseFields } from '../workflows/incident-sync/sides.ts';
import type { ConfigFault } from './fault.ts';
import type { ConnectionOutline, FieldOutline } from './incident-outline.ts';

/** What is synced by itself, or must not be moved by a mapping; by id and by name. */
const reserved: Readonly<Record<string, string>> = {
  status: 'is synced by statuses',
  comment: 'is synced by comments',
  attachment: 'is synced by attachments',
  watches: 'is synced by watchers',
  watchers: 'is synced by watchers',
  labels: 'holds the label by which Lockkeeper finds the issue',
  project: 'is chosen by routes',
  issuetype: 'is chosen by routes',
  'issue type': 'is chosen by routes',
};

/** The mapped fields of a connection: each written from one place, on the case only what AWS lets anybody write. */
export function findFieldFaults(connection: ConnectionOutline): ConfigFault[] {
  const { path, fields, conflictApproval } = connection;
  const asks = fields.find(({ conflict }) => conflict === 'ask');
  const missing =
    asks && conflictApproval === undefined
      ? [
          {
            path: `${path}.conflictApproval`,
            problem: `is missing, and ${asks.path} asks people`,
            fix: 'set it to the name of an approval under approvals',
          },
        ]
      : [];
  return [
    ...missing,
    ...fields.flatMap((field) => [
      ...findReserved(field),
      ...findUnwritable(field),
      ...findEmptyConflict(field),
      ...findAmbiguousValues(field),
    ]),
    ...findSecondWriters(fields),
  ];
}

function findReserved({ path, issueField }: FieldOutline): ConfigFault[] {
  const name = issueField?.toLowerCase();
  const why = name !== undefined && Object.hasOwn(reserved, name) ? reserved[name] : undefined;
  if (why === undefined) return [];
  return [{ path: `${path}.issue`, problem: `"${issueField ?? ''}" ${why}`, fix: 'remove this mapping' }];
}

const toCase = ({ direction }: FieldOutline) => direction === 'both' || direction === 'to-case';
const toIssue = ({ direction }: FieldOutline) => direction === 'both' || direction === 'to-issue';

function findUnwritable(field: FieldOutline): ConfigFault[] {
  const { path, caseField } = field;
  if (caseField === undefined || !toCase(field)) return [];
  if (writableCaseFields.some((one) => one === caseField)) return [];
  const problem = `is ${field.direction ?? ''}, and ${caseField} of a case is AWS’s to write`;
  const fix = `set it to to-issue; writable are ${writableCaseFields.join(', ')}`;
  return [{ path: `${path}.direction`, problem, fix }];
}

/** Whoever asks to be asked would wait for a question that never comes. */
function findEmptyConflict({ path, direction, conflict }: FieldOutline): ConfigFault[] {
  if (direction === 'both' || (conflict !== 'ask' && conflict !== 'newest')) return [];
  const problem = `is ${conflict}, and a field that travels one way has no conflicts`;
  return [{ path: `${path}.conflict`, problem, fix: 'set direction: both, or remove it' }];
}

/** Backwards, a value of Jira must mean one value of the case. */
function findAmbiguousValues(field: FieldOutline): ConfigFault[] {
  if (!toCase(field)) return [];
  const values = Object.entries(field.values);
  return values.flatMap(([from, to], index) => {
    const first = values.findIndex(([, other]) => other === to);
    if (first === index) return [];
    const problem = `is the same in Jira as ${values[first]?.[0] ?? ''}, and ${field.caseField ?? 'it'} travels back`;
    return [
      {
        ...{ path: `${field.path}.values.${from}`, problem },
        fix: 'give each its own value, or set direction: to-issue',
      },
    ];
  });
}

function findSecondWriters(fields: readonly FieldOutline[]): ConfigFault[] {
  return fields.flatMap((field, index) => {
    const before = fields.slice(0, index);
    const { path, caseField, issueField } = field;
    const issueTwice = before.find(
      (one) =>
        toIssue(one) &&
        toIssue(field) &&
        issueField !== undefined &&
        one.issueField?.toLowerCase() === issueField.toLowerCase(),
    );
    const caseTwice = before.find(
      (one) => toCase(one) && toCase(field) && caseField !== undefined && one.caseField === caseField,
    );
    const pairTwice = before.find(
      (one) => caseField !== undefined && one.caseField === caseField && one.issueField === issueField,
    );
    return [
      ...(issueTwice ? [toSecond(`${path}.issue`, issueField, issueTwice)] : []),
      ...(caseTwice ? [toSecond(`${path}.case`, caseField, caseTwice)] : []),
      ...(pairTwice && !issueTwice && !caseTwice
        ? [{ path, problem: `is the pair of ${pairTwice.path}`, fix: 'make them one, with direction: both' }]
        : []),
    ];
  });
}

function toSecond(path: string, name: string | undefined, first: FieldOutline): ConfigFault {
  const problem = `"${name ?? ''}" is written by ${first.path} already`;
  return { path, problem, fix: 'fill each field from one other' };
}
