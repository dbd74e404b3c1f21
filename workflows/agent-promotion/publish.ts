import { condition, isCancellation } from '@temporalio/workflow';
import type { ManifestEntry } from '../../activities/s3/port.ts';
import { failureDetails, failureMessage } from '../shared/failures.ts';
import type { TestedInstaller } from './evidence.ts';
import type { Entered, Gate } from './gate.ts';
import type { PendingWave } from './pending-wave.ts';
import type { Begun, Run } from './run.ts';
import { StepFailed, TicketTaken } from './stop.ts';
import { judgeTicket } from './ticket-rules.ts';
import type { TurnKeeper } from './turn.ts';

export interface Publishing {
  readonly run: Run;
  readonly begun: Begun;
  readonly installer: TestedInstaller;
  readonly turn: TurnKeeper;
  readonly gate: Gate;
}

/**
 * Writes the tested bytes to every production account, wave by wave. A refused account does not stop the others of its
 * wave, but beyond the wave's `maxFailed` no further wave begins. Before each account the ticket is read afresh: a person
 * can stop it there.
 */
export async function publishEverywhere(publishing: Publishing) {
  const { run } = publishing;
  for (const [index, rules] of run.policy.waves.entries()) {
    const mine = run.state.accounts.map(({ account }) => account);
    const accounts = rules.accounts.filter((account) => mine.includes(account));
    if (accounts.length === 0) continue;
    const wave: PendingWave = { ...rules, accounts, number: index + 1, name: `wave-${index + 1}` };
    const entered = await publishing.gate.enter(wave);
    if (!entered) {
      for (const account of accounts)
        run.setAccount(account, { state: 'skipped', detail: `${wave.name} was skipped` });
      continue;
    }
    await publishWave(publishing, wave, entered);
    await bake(publishing, wave);
    endWave(run, wave);
  }
  if (failedAccounts(run).length > 0) throw partlyFailed(run);
  run.progress.finish('publish', `${run.state.accounts.length} accounts`);
}

/** @throws TicketTaken, StepFailed when the ticket is not ours any more or asks for something else */
export async function ensureStillWanted(run: Run, begun: Begun): Promise<void> {
  // the status of a dry run's ticket never moves
  if (run.plan) return;
  const verdict = judgeTicket(await run.readTicket(), begun);
  if (verdict.kind === 'taken') throw new TicketTaken(verdict.reason);
  if (verdict.kind === 'changed')
    throw new StepFailed(verdict.reason, { expected: begun.version, found: 'another version' });
}

async function publishWave({ run, begun, installer }: Publishing, wave: PendingWave, entered: Entered) {
  run.progress.start('publish', wave.name);
  // fixed once: a repeat after a crash writes the very same entry
  const entry = toEntry(run, begun, installer, entered, new Date(Date.now()));
  for (const account of wave.accounts) {
    await ensureStillWanted(run, begun);
    if (run.state.turnTakenBy !== undefined)
      throw new StepFailed(`${run.state.turnTakenBy} has freed the turn of this run`);
    await publishTo(run, account, { installer, entry, ...entered });
  }
}

/** File before manifest, so that a manifest never names a missing object (P-57). */
async function publishTo(
  run: Run,
  account: string,
  write: Entered & { installer: TestedInstaller; entry: ManifestEntry },
) {
  const { entry, permission, turn } = write;
  const { version } = entry;
  const { tested } = write.installer;
  run.progress.start('publish', account);
  try {
    const object = await run.call('aws', () =>
      run.s3.publishObject({ account, version, tested, permission, turn }),
    );
    const named = { ...entry, s3_version_id: object.versionId };
    const manifest = await run.call('aws', () =>
      run.s3.publishManifest({ account, entry: named, permission, turn }),
    );
    const before =
      manifest.previousVersion === null ? 'first version' : `before: ${manifest.previousVersion}`;
    run.setAccount(account, { state: manifest.outcome, detail: before });
    const { manifestVersionId } = manifest;
    run.state.publications.push({
      account,
      version,
      sha256: tested.sha256,
      s3VersionId: object.versionId,
      manifestVersionId,
    });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { expected, found } = failureDetails(error);
    const facts = expected && found ? ` (expected ${expected}, found ${found})` : '';
    run.setAccount(account, { state: 'refused', detail: `${failureMessage(error)}${facts}`.slice(0, 500) });
  }
}

/** Time for the wave to show trouble, without the turn; then its accounts are asked how they are. */
async function bake({ run, begun, turn }: Publishing, wave: PendingWave) {
  if (wave.bakeMinutes > 0 && !run.plan) {
    await turn.give();
    const untilMs = Date.now() + wave.bakeMinutes * 60_000;
    run.progress.start('publish', `${wave.name} bakes`);
    run.progress.waitFor('bake', new Date(untilMs).toISOString());
    while (Date.now() < untilMs) {
      const changed = await condition(() => run.state.ticketDirty, untilMs - Date.now(), {
        summary: `${wave.name} bakes`,
      });
      if (changed) await ensureStillWanted(run, begun);
    }
    run.progress.waitFor('');
  }
  const { probe } = wave;
  if (probe === null) return;
  for (const account of wave.accounts) {
    if (!isPublished(run, account)) continue;
    const { healthy, detail } = await run.call('health', () => run.health.probe({ probe, account }));
    if (!healthy)
      run.setAccount(account, { state: 'unhealthy', detail: `${probe}: ${detail}`.slice(0, 500) });
  }
}

function endWave(run: Run, wave: PendingWave) {
  const failed = failedAccounts(run).filter(({ account }) => wave.accounts.includes(account));
  if (failed.length > wave.maxFailed) throw partlyFailed(run);
}

function isPublished(run: Run, account: string): boolean {
  return run.state.accounts.some((entry) => entry.account === account && entry.state.includes('published'));
}

function failedAccounts(run: Run) {
  return run.state.accounts.filter(({ state }) => state === 'refused' || state === 'unhealthy');
}

function partlyFailed(run: Run): StepFailed {
  const { accounts } = run.state;
  const published = accounts.filter(({ state }) => state.includes('published')).length;
  return new StepFailed(
    failedAccounts(run)
      .map(({ account, detail }) => `${account}: ${detail}`)
      .join('; '),
    { expected: `${accounts.length} accounts published`, found: `${published} published` },
  );
}

function toEntry(
  run: Run,
  begun: Begun,
  { tested, pipelineUrl }: TestedInstaller,
  { permission, approvers }: Entered,
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
    run_id: run.runId,
    approval: permission.grant === null ? null : { request_id: permission.grant.requestId, approvers },
  };
}
