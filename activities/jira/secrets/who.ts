import { nameOf } from '../../../workflows/secret-audit/arn.ts';
import type { Actor, SecretEvent } from '../../../workflows/secret-audit/messages.ts';
import { matchesWildcard } from '../../../workflows/shared/wildcard.ts';

/** Who is who, from the configuration. */
export interface WhoRules {
  /** Project key of the tickets. */
  readonly project: string;
  readonly principals: readonly { readonly arn: string; readonly person: string }[];
  readonly owners: readonly { readonly secrets: string; readonly people: readonly string[] }[];
  readonly people: readonly { readonly name: string; readonly email?: string | undefined }[];
}

/** Roles that IAM Identity Center made: it chooses their session names, nobody else can. */
const identityCenterRole = /\/aws-reserved\/sso\.amazonaws\.com\//;

/**
 * The person of a principal. Whoever assumes a role chooses the name of the session: it says who somebody is only where the rules say so,
 * or where IAM Identity Center assumed it.
 * @returns name in the configuration; null: nobody knows
 */
export function changerOf({ arn, roleArn, sessionName, type }: Actor, { principals, people }: WhoRules) {
  const found = principals.find(({ arn: pattern }) => arn !== null && matchesWildcard(arn, pattern));
  if (found) return found.person;
  if (type !== 'AssumedRole' || sessionName === null || !identityCenterRole.test(roleArn ?? '')) return null;
  const named = people.filter(({ email }) => email?.toLowerCase() === sessionName.toLowerCase());
  return named.length === 1 ? (named[0]?.name ?? null) : null;
}

/** The key of a ticket in source identity or session name; the first is kept by every role after it. */
export function namedTicketOf({ sourceIdentity, sessionName }: Actor, { project }: WhoRules): string | null {
  const form = new RegExp(`(?:^|[^A-Za-z0-9_])(${project}-[1-9][0-9]{0,9})(?![0-9])`);
  for (const text of [sourceIdentity, sessionName]) {
    const key = form.exec(text ?? '')?.[1];
    if (key !== undefined) return key;
  }
  return null;
}

/** People who answer for the secret, by the first rule that fits. */
export function ownersOf({ secret }: SecretEvent, { owners }: WhoRules): readonly string[] {
  if (!secret) return [];
  const name = nameOf(secret);
  return owners.find(({ secrets }) => matchesWildcard(name, secrets))?.people ?? [];
}
