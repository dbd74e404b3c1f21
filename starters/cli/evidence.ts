import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { reportFaults } from '../../config/fault.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { KeySource } from '../../activities/decisions/keys.ts';
import { CliError } from './cli-error.ts';
import { findAsker } from './decisions/find-asker.ts';
import { maxBundleLength, parseBundle, sealBundle, type SealedBundle } from './evidence/bundle.ts';
import { collectBundle, wantedOfHistory } from './evidence/collect.ts';
import { readHistory } from './evidence/history.ts';
import { addInspections } from './evidence/inspections.ts';
import { verifyBundle } from './evidence/verify.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { readPublicKeys } from './key-files.ts';
import { createOutput, toTable, type Output } from './output.ts';
import { runInSession, type GlobalOptions, type Session } from './session.ts';

interface CollectOptions extends GlobalOptions {
  readonly run?: string;
  readonly out?: string;
}

interface VerifyOptions extends GlobalOptions {
  readonly keys?: string;
}

export function addEvidence(program: Command, end: (code: ExitCode) => void): void {
  const evidence = program
    .command('evidence')
    .description('what people were shown, what they said and what was written: one document for an auditor')
    .argument('<id>', 'key, URL or numeric id of a ticket, or a workflow id')
    .option('--run <run-id>', 'of an earlier run; the newest one otherwise')
    .option('--out <file>', 'write the document there instead of printing it')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper evidence DEVOPS-77 --out devops-77.json\n' +
        '  lockkeeper evidence --out october.json change-inspection:2026-10\n' +
        '  lockkeeper evidence promotion-rollback:main:10077 > rollback.json\n' +
        '  lockkeeper evidence verify devops-77.json',
    )
    .action(async (typed: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CollectOptions>();
      end(await runInSession(options, (session) => exportEvidence(session, typed, options)));
    });
  addInspections(evidence, end);
  evidence
    .command('verify')
    .description('check such a document, without Temporal: signatures, digests, rules, and every write')
    .argument('<file>', 'as `lockkeeper evidence` wrote it')
    .option('--keys <file>', 'the public keys; decisions.publicKeys of the configuration otherwise')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper evidence verify devops-77.json\n' +
        '  lockkeeper evidence verify devops-77.json --keys decision-keys.json --json\n' +
        '\nExit code 10: something is wrong.',
    )
    .action(async (file: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<VerifyOptions>();
      const output = createOutput(options.json === true, (text) => process.stdout.write(text));
      end(await verifyEvidence(output, file, options));
    });
}

/** @param write of the document, when no file is named */
export async function exportEvidence(
  session: Session,
  typed: string,
  options: Pick<CollectOptions, 'run' | 'out'>,
  write: (text: string) => void = (text) => process.stdout.write(text),
): Promise<ExitCode> {
  const { temporal, output } = session;
  requireRunId(options.run);
  const workflowId = await findAsker(session, typed);
  const { client } = temporal;
  // of one run from here on, even if another begins meanwhile
  const { runId } = await client.workflow.getHandle(workflowId, options.run).describe();
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const run = await readHistory(history, client.options.loadedDataConverter, wantedOfHistory);
  const { namespace } = client.options;
  const generatedAt = new Date().toISOString();
  const bundle = collectBundle(run, { namespace, workflowId, runId, generatedAt });
  const text = `${sealBundle(bundle)}\n`;
  if (text.length > maxBundleLength)
    throw new CliError(exitCodes.failed, `the evidence of ${workflowId} has more than 64 MB`);
  if (options.out === undefined) {
    write(text);
    return exitCodes.ok;
  }
  writeTo(options.out, text);
  const {
    decisions,
    requests,
    writes,
    change_writes: ofChange = [],
    finding_writes: ofFinding = [],
  } = bundle;
  const written = writes.length + ofChange.length + ofFinding.length;
  const counts = { decisions: decisions.length, requests: requests.length, writes: written };
  output.print({ workflowId, runId, file: options.out, ...counts }, [
    `${options.out}: ${counts.requests} requests, ${counts.decisions} decisions, ${counts.writes} guarded writes`,
    `Check it with: lockkeeper evidence verify ${options.out}`,
  ]);
  return exitCodes.ok;
}

export async function verifyEvidence(
  output: Output,
  file: string,
  options: Pick<VerifyOptions, 'keys' | 'config'>,
  nowMs = Date.now(),
): Promise<ExitCode> {
  const sealed = readBundle(file);
  const checks = await verifyBundle(sealed, { keys: readKeys(options), nowMs });
  const wrong = checks.filter(({ state }) => state === 'WRONG');
  const { workflow_id: workflowId, run_id: runId } = sealed.bundle.run;
  const rows = checks.map(({ check, state, expected, found }) => [
    check,
    state,
    state === 'ok' ? found : `expected ${expected}; found ${found}`,
  ]);
  output.print({ file, workflowId, runId, ok: wrong.length === 0, checks }, [
    ...toTable(rows),
    `${workflowId}, run ${runId}: ${wrong.length === 0 ? `all ${checks.length} checks are ok` : `${wrong.length} of ${checks.length} checks are WRONG`}`,
  ]);
  return wrong.length === 0 ? exitCodes.ok : exitCodes.refused;
}

/** @throws CliError */
function requireRunId(run: string | undefined): void {
  if (run === undefined || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(run)) return;
  throw new CliError(exitCodes.usage, `--run: "${run}" is no id of a run`, 'The Temporal Web UI shows it.');
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(exitCodes.failed, `the evidence cannot be written: ${reason}`, 'Check --out.');
  }
}

/** @throws CliError when it is not there, or nothing of ours */
function readBundle(file: string): SealedBundle {
  requireFile(file);
  const text = statSync(file).size > maxBundleLength ? '' : readFileSync(file, 'utf8');
  const sealed = parseBundle(text);
  if (sealed) return sealed;
  throw new CliError(
    exitCodes.usage,
    `${file} is no evidence of version 1`,
    'Give a file as `lockkeeper evidence ID --out FILE` writes it.',
  );
}

/** Read once: a check that takes seconds needs no newer ones. */
function readKeys({ keys, config }: Pick<VerifyOptions, 'keys' | 'config'>): KeySource {
  const path = keys ?? keysOfConfig(config);
  requireFile(path);
  const known = new Map(readPublicKeys(path).map((key) => [key.kid, key]));
  return { find: (kid) => Promise.resolve(known.get(kid)) };
}

function keysOfConfig(path: string): string {
  const loaded = loadConfig(path, process.env);
  if ('faults' in loaded)
    throw new CliError(exitCodes.usage, reportFaults(loaded.faults), 'Or name the public keys with --keys.');
  const { decisions } = loaded.config;
  if (decisions) return decisions.publicKeys;
  throw new CliError(exitCodes.usage, 'decisions.publicKeys is not configured', 'Name them with --keys.');
}

function requireFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return;
  throw new CliError(exitCodes.notFound, `${path}: no such file`);
}
