import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { callAws, unattended } from '../sts/aws-call.ts';
import { toClientSettings } from '../sts/aws-connection.ts';
import type { CaseSystemOptions } from './options.ts';

/**
 * Whose credential this is, as it stands under what it writes. Looked up once; what failed is asked again. A session of a role has a name
 * at its end that differs between workers: without it, all of them are one.
 */
export function findOwnPrincipal(options: CaseSystemOptions): () => Promise<string> {
  const { credentials, stsEndpoint, region } = options;
  let known: Promise<string> | undefined;
  async function ask(): Promise<string> {
    const where = { region, ...(stsEndpoint === undefined ? {} : { endpoint: stsEndpoint }) };
    const sts = new STSClient({ ...toClientSettings(where), ...(credentials ? { credentials } : {}) });
    const action = 'find out whose credential this is';
    const { Arn } = await callAws(unattended, { system: 'sts', action }, (abortSignal) =>
      sts.send(new GetCallerIdentityCommand({}), { abortSignal }),
    );
    if (Arn === undefined) throw createFailure('UnsupportedResponse', `sts: ${action}: no ARN came`);
    return withoutSession(Arn);
  }
  return () =>
    (known ??= ask().catch((error: unknown) => {
      known = undefined;
      throw error;
    }));
}

/** `arn:aws:sts::111122223333:assumed-role/Name/session` → without `/session`; others as they are. */
export function withoutSession(arn: string): string {
  return arn.replace(/^(arn:[\w-]+:sts::[0-9]{12}:assumed-role\/[^/]+)\/.*$/, '$1');
}
