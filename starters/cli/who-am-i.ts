import { z } from 'zod';
import { findPerson } from '../../config/people.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';
import { openJira } from './vendors.ts';

const Myself = z.object({ accountId: z.string() });

/** The operator by name in the configuration, from his own Jira account. @throws CliError when it is nobody's there */
export async function whoAmI({ config }: Pick<Session, 'config'>): Promise<string> {
  const [site] = config.jira.sites;
  if (!site) throw new CliError(exitCodes.usage, 'no Jira site in the configuration');
  const { accountId } = await openJira(config, site).get('read who I am', '/rest/api/3/myself', Myself);
  const person = findPerson(config, { jira: accountId });
  if (person) return person.name;
  throw new CliError(
    exitCodes.failed,
    `the Jira account ${accountId} is nobody's under people`,
    'Have people: jira set to it, or name somebody with --person.',
  );
}
