import { readPublicKeys } from '../key-files.ts';
import { signingKeyOf } from '../../../config/signing-keys.ts';
import { freezeId } from '../../../workflows/shared/names.ts';
import type { Session } from '../session.ts';
import { CheckFailed, type CheckGroup } from './check.ts';

const timeoutMs = 5_000;

/** What people's decisions need: keys, the gateway, and the workflow `freeze`. */
export function toDecisionChecks({ config, temporal }: Session): CheckGroup {
  const { decisions, freeze } = config;
  const checks: CheckGroup['checks'][number][] = [];
  if (decisions) {
    checks.push({ name: 'public keys', run: () => Promise.resolve(checkKeys(decisions.publicKeys)) });
    checks.push({ name: 'gateway', run: () => checkGateway(decisions.gatewayUrl) });
  }
  if (freeze)
    checks.push({
      name: 'workflow freeze',
      async run() {
        const { status } = await temporal.client.workflow.getHandle(freezeId).describe();
        if (status.name === 'RUNNING') return 'runs';
        throw new CheckFailed(`is ${status.name}: everything is held`, 'Start it with: lockkeeper setup.');
      },
    });
  return { system: 'decisions', checks };
}

function checkKeys(file: string): string {
  const keys = readPublicKeys(file);
  const gateway = signingKeyOf(keys.filter(({ lk_via }) => lk_via.includes('cli')));
  const jira = signingKeyOf(keys.filter(({ lk_via }) => lk_via.includes('jira')));
  if (gateway && jira) return `${gateway.kid}, ${jira.kid}`;
  throw new CheckFailed(
    `${file} has no key that ${gateway ? 'the Jira queue' : 'the gateway'} may sign with`,
    'Make them with: lockkeeper setup keys.',
  );
}

/** Unsigned calls are refused there: any answer below 500 other than "not configured" says that it is up. */
async function checkGateway(baseUrl: string): Promise<string> {
  const response = await fetch(`${baseUrl}/decisions`, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CheckFailed(`${baseUrl}: ${reason}`, 'Correct decisions.gatewayUrl, or start the starters.');
  });
  await response.body?.cancel();
  if (response.status === 401) return baseUrl;
  throw new CheckFailed(
    `${baseUrl}/decisions answers ${response.status}`,
    'Set LOCKKEEPER_DECISION_KEYS for the starters, or correct decisions.gatewayUrl.',
  );
}
