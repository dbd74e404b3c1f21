import { getAllStatuses, getMyPermissions } from '../api.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import { faultsOfForm } from '../form-faults.ts';
import { StatusTypes } from '../site-faults.ts';
import { findChoice } from './create-issue.ts';
import type { IncidentForm, OpenIncidents } from './open-incidents.ts';
import { Permissions } from './schema.ts';
import { isAt } from './ways.ts';

/**
 * What of the configuration Jira itself contradicts, in words; three reads a form. A status, field, priority or level that is called otherwise
 * is named, never guessed.
 */
export async function findFormFaults(open: OpenIncidents): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const form of open.wanted.forms) {
    const found = await faultsOfForm(open, form, { fields: open.wanted.fields });
    faults.push(...found);
    // without the form there is nothing to choose from
    if (found.some((fault) => /^there is no project|has no issue type/.test(fault))) continue;
    faults.push(...(await choiceFaults(open, form)), ...(await statusFaults(open, form)));
  }
  return [...new Set(faults)];
}

async function choiceFaults(open: OpenIncidents, form: IncidentForm): Promise<string[]> {
  const { project, issueType, priority, securityLevel, components = [] } = form;
  const fields = await open.forms.read({ project, issueType });
  const wanted = [
    { id: 'priority', kind: 'priority', names: priority === undefined ? [] : [priority] },
    { id: 'security', kind: 'security level', names: securityLevel === undefined ? [] : [securityLevel] },
    { id: 'components', kind: 'component', names: components },
  ];
  return wanted.flatMap(({ id, kind, names }) =>
    names
      .filter((name) => !findChoice(fields.get(id)?.allowedValues, name))
      .map((name) => `${issueType} in ${project} has no ${kind} "${name}"`),
  );
}

async function statusFaults(open: OpenIncidents, { project, issueType }: IncidentForm): Promise<string[]> {
  const types = await open.call(`read statuses of ${project}`, async () =>
    StatusTypes.parse(await getAllStatuses(open.client, { projectIdOrKey: project })),
  );
  const known = types.find(({ name }) => name === issueType)?.statuses ?? [];
  const names = known.map(({ name }) => name).join(', ');
  return open.wanted.statuses
    .filter((status) => !known.some((one) => isAt(one, status)))
    .map((status) => `${issueType} in ${project} has no status "${status}", but ${names}`);
}

/**
 * Jira answers 404 to what is gone and to what may not be seen. A read. An issue that a security level hides from us looks like one that was
 * deleted: the account belongs into every level that the routes use.
 */
export async function canBrowse(open: OpenIncidents, project: string): Promise<boolean> {
  const right = 'BROWSE_PROJECTS';
  try {
    const { permissions } = await open.call(`read rights in ${project}`, async () =>
      Permissions.parse(await getMyPermissions(open.client, { projectKey: project, permissions: right })),
    );
    return permissions[right]?.havePermission === true;
  } catch (error) {
    if (failureType(error) === 'NotFound') return false;
    throw error;
  }
}
