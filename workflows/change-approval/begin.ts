import { condition } from '@temporalio/workflow';
import { isTooLong, type Allower } from './allow.ts';
import type { Allowed } from './asked-requests.ts';
import { analyse } from './analyse.ts';
import type { ChangeRun } from './run.ts';
import type { BeginAttempt } from './signals.ts';
import { mismatch } from './texts.ts';

/**
 * Waits until the deploy is to begin, and compares everything once more (C-10…C-12, X-29).
 * @returns undefined: not now; look at everything again
 */
export async function begin(run: ChangeRun, allower: Allower): Promise<Allowed | undefined> {
  const { state, request, progress, policy } = run;
  progress.start('begin');
  const ownJob = request.deployJobId !== null && request.pipelineId !== null;
  const needsPlan = policy.plan === 'required' && state.plan === null;
  if (!ownJob || needsPlan) {
    progress.waitFor(needsPlan ? 'ci:plan' : 'ci:begin');
    await condition(() => state.attempts.length > 0 || state.dirty || isTooLong());
  }
  const attempt = state.attempts[0];
  if (needsPlan) {
    if (attempt)
      run.answer(
        attempt,
        'not-approved',
        'no Terraform plan was reported: run `lockkeeper gate plan plan.json` first',
      );
    return undefined;
  }
  if (!attempt && !ownJob) return undefined;
  run.show('checking', 'the build is compared with what was approved');
  const analysis = await analyse(run);
  const wrong = attempt ? differences(run, attempt) : [];
  if (wrong.length > 0 && attempt) {
    await run.comment('mismatch', mismatch(wrong));
    run.answer(attempt, 'mismatch', wrong.join('; ').slice(0, 400));
    run.show('approved', 'approved, but another build asked to begin');
    return undefined;
  }
  const { mismatches } = analysis.facts.ticket;
  const allowed = mismatches.length === 0 ? await allower.commit(analysis) : undefined;
  if (!allowed) {
    const text = mismatches[0] ?? 'what was approved is not true any more: people are asked again';
    if (attempt) run.answer(attempt, mismatches.length > 0 ? 'mismatch' : 'not-approved', text);
    state.dirty = true;
    return undefined;
  }
  const { grant, planGrant, automatic } = allowed;
  state.allowed = { grant, planGrant, automatic };
  state.ended = undefined;
  await run.call('jira', () => run.jira.moveChange({ ...run.where(), to: 'deploying' }));
  run.show('go', 'approved and valid: deploy');
  if (attempt) run.answer(attempt, 'go', 'approved and valid');
  progress.finish('begin');
  return allowed;
}

/** What a CI job says it will deploy, against what was asked for. */
export function differences({ build }: Pick<ChangeRun, 'build'>, attempt: BeginAttempt): string[] {
  return (['buildJob', 'build', 'branch', 'sha'] as const).flatMap((name) =>
    attempt[name] === build[name] ? [] : [`${name}: CI has ${attempt[name]}, approved is ${build[name]}`],
  );
}
