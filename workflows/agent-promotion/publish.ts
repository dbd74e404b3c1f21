import { isCancellation } from '@temporalio/workflow';
import type { ManifestEntry, PinnedObject } from '../../activities/s3/port.ts';
import { failureDetails, failureMessage } from '../shared/failures.ts';
import type { Turn } from '../shared/turn.ts';
import type { Begun, Run } from './run.ts';
import { StepFailed, TicketTaken } from './stop.ts';
import { judgeTicket } from './ticket-rules.ts';

/**
 * Writes the tested bytes to every production account, wave by wave. A refused account does not stop the others of its
 * wave, but no further wave begins. Before each account the ticket is read afresh: a person can stop it there.
 */
export async function publishEverywhere(
  run: Run,
  begun: Begun,
  tested: PinnedObject,
  turn: Turn,
  pipelineUrl: string,
) {
  run.progress.start('publish');
  // fixed once: a repeat after a crash writes the very same entry
  const entry = toEntry(run, begun, tested, pipelineUrl, new Date(Date.now()));
  for (const wave of run.policy.waves) {
    for (const account of wave) {
      await ensureStillWanted(run, begun);
      await publishTo(run, account, tested, entry, turn);
    }
    const refused = run.state.accounts.filter((outcome) => outcome.state === 'refused');
    if (refused.length > 0)
      throw new StepFailed(
        refused.map((outcome) => `${outcome.account}: ${outcome.detail}`).join('; '),
        refusedFacts(run),
      );
  }
  run.progress.finish('publish', `${run.state.accounts.length} accounts`);
}

/** @throws TicketTaken, StepFailed when the ticket is not ours any more or asks for something else */
export async function ensureStillWanted(run: Run, begun: Begun): Promise<void> {
  const verdict = judgeTicket(await run.readTicket(), begun);
  if (verdict.kind === 'taken') throw new TicketTaken(verdict.reason);
  if (verdict.kind === 'changed')
    throw new StepFailed(verdict.reason, { expected: begun.version, found: 'another version' });
}

/** File before manifest, so that a manifest never names a missing object (P-57). */
async function publishTo(run: Run, account: string, tested: PinnedObject, entry: ManifestEntry, turn: Turn) {
  // the whole of it: the worker that holds the credentials compares it with its own copy, field by field
  const { policy } = run;
  const { version } = entry;
  run.progress.start('publish', account);
  try {
    const object = await run.call('aws', () =>
      run.s3.publishObject({ account, version, tested, policy, turn }),
    );
    const named = { ...entry, s3_version_id: object.versionId };
    const manifest = await run.call('aws', () =>
      run.s3.publishManifest({ account, entry: named, policy, turn }),
    );
    const before =
      manifest.previousVersion === null ? 'first version' : `before: ${manifest.previousVersion}`;
    run.setAccount(account, { state: manifest.outcome, detail: before });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { expected, found } = failureDetails(error);
    const facts = expected && found ? ` (expected ${expected}, found ${found})` : '';
    run.setAccount(account, { state: 'refused', detail: `${failureMessage(error)}${facts}`.slice(0, 500) });
  }
}

function toEntry(
  run: Run,
  begun: Begun,
  tested: PinnedObject,
  pipelineUrl: string,
  now: Date,
): ManifestEntry {
  return {
    version: begun.version,
    uploaded_at: `${now.toISOString().slice(0, 19)}Z`,
    pipeline_url: pipelineUrl,
    sha256: tested.sha256,
    size: tested.size,
    s3_version_id: '',
    ticket: begun.ticket.key,
    workflow_id: run.workflowId,
    entry_id: `${run.workflowId}/${run.state.round}`,
  };
}

function refusedFacts(run: Run) {
  const { accounts } = run.state;
  const published = accounts.filter((outcome) => outcome.state.includes('published')).length;
  return { expected: `${accounts.length} accounts published`, found: `${published} published` };
}
