import type { Command } from 'commander';
import { dirname, join, resolve } from 'node:path';
import {
  changeKeys,
  createKey,
  keyHolders,
  type KeyHolder,
  type KeySets,
} from '../../activities/decisions/key-sets.ts';
import type { Environment } from '../../config/environment.ts';
import { reportFaults } from '../../config/fault.ts';
import { loadConfig } from '../../config/load-config.ts';
import { secretVariables } from '../../config/secrets.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { readPrivateKeys, readPublicKeys, writeKeyFiles } from './key-files.ts';
import { createOutput, type Output } from './output.ts';
import type { GlobalOptions } from './session.ts';

export interface KeyOptions {
  readonly rotate?: boolean;
  readonly revoke?: string;
  /** Minutes for which the replaced keys still count. */
  readonly overlap?: string;
  readonly gatewayFile?: string;
  readonly jiraFile?: string;
  readonly dryRun?: boolean;
}

/** Where each process finds its private keys. */
const fileVariables = {
  gateway: `${secretVariables.decisionKeys}_FILE`,
  jira: `${secretVariables.jiraAttestationKeys}_FILE`,
} as const satisfies Record<KeyHolder, string>;
const holders = Object.keys(keyHolders) as KeyHolder[];

export function addSetupKeys(setup: Command, end: (code: ExitCode) => void): void {
  setup
    .command('keys')
    .description('make, replace or revoke the keys that sign decisions; may be repeated')
    .option('--rotate', 'make new keys; what the present ones sign from now on does not count')
    .option('--overlap <minutes>', 'with --rotate: so long the present keys still count', '0')
    .option('--revoke <kid>', 'nothing that this key signed counts any more')
    .option('--gateway-file <path>', 'private keys of the starters; default: beside the public keys')
    .option('--jira-file <path>', 'private keys of the Jira queue; default: beside the public keys')
    .addHelpText(
      'after',
      '\nAlso takes --dry-run of setup.\n\nExamples:\n  lockkeeper setup keys\n  lockkeeper setup keys --rotate --overlap 60\n' +
        '\nThe file decisions.publicKeys goes to every worker, which reads it again by itself. The private files go to one process each:\n' +
        'the starters and the worker of the Jira queue, which read theirs when they start.',
    )
    .action((_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & KeyOptions>();
      const output = createOutput(options.json === true, (text) => process.stdout.write(text));
      const publicFile = findPublicFile(options.config, process.env);
      end(setUpKeys({ publicFile, env: process.env, output, now: new Date() }, options));
    });
}

export interface KeySetup {
  readonly publicFile: string;
  readonly env: Environment;
  readonly output: Output;
  readonly now: Date;
}

/** The public file is replaced first: a process never signs with a key that workers cannot know. */
export function setUpKeys({ publicFile, env, output, now }: KeySetup, options: KeyOptions): ExitCode {
  const files = findPrivateFiles(publicFile, env, options);
  const before: KeySets = {
    private: { gateway: readPrivateKeys(files.gateway), jira: readPrivateKeys(files.jira) },
    public: readPublicKeys(publicFile),
  };
  const { revoke } = options;
  if (revoke !== undefined) requireKnown(before, revoke);
  const rotateAt = options.rotate ? toRotation(now, options.overlap ?? '0') : undefined;
  const after = changeKeys(
    before,
    { ...(rotateAt === undefined ? {} : { rotateAt }), ...(revoke === undefined ? {} : { revoke }) },
    (holder) => createKey(holder, now),
  );
  const changed = holders.filter((holder) => !isSame(before.private[holder], after.private[holder]));
  const isPublicChanged = !isSame(before.public, after.public);
  const dryRun = options.dryRun === true;
  if (!dryRun)
    writeKeyFiles([
      ...(isPublicChanged ? [{ path: publicFile, keys: after.public, mode: 0o644 }] : []),
      ...changed.map((holder) => ({ path: files[holder], keys: after.private[holder], mode: 0o600 })),
    ]);
  const say = (step: string, path: string, isChanged: boolean, keyIds: readonly string[]) => {
    const result = isChanged ? (dryRun ? 'would be written' : 'written') : 'unchanged';
    output.print({ step, result, file: path, keys: dryRun ? [] : keyIds, dryRun }, [
      `${step}: ${result}: ${path}`,
    ]);
  };
  say('public keys', publicFile, isPublicChanged, idsOf(after.public));
  for (const holder of holders)
    say(`private keys of ${holder}`, files[holder], changed.includes(holder), idsOf(after.private[holder]));
  const variables = Object.fromEntries(holders.map((holder) => [fileVariables[holder], files[holder]]));
  output.print({ set: variables }, [
    'Set, for the starters and for the worker of the Jira queue, and start them again:',
    ...Object.entries(variables).map(([name, path]) => `  ${name}=${path}`),
  ]);
  return exitCodes.ok;
}

/** The variables may name files that do not exist before this has run. */
export function findPublicFile(configPath: string, env: Environment): string {
  const ignored = new Set<string>(Object.values(fileVariables));
  const others = Object.fromEntries(Object.entries(env).filter(([name]) => !ignored.has(name)));
  const loaded = loadConfig(configPath, others);
  if ('faults' in loaded) throw new CliError(exitCodes.usage, reportFaults(loaded.faults));
  const path = loaded.config.decisions?.publicKeys;
  if (path !== undefined) return path;
  throw new CliError(
    exitCodes.usage,
    'decisions.publicKeys is not set',
    'Set decisions: in the configuration.',
  );
}

function findPrivateFiles(
  publicFile: string,
  env: Environment,
  options: KeyOptions,
): Record<KeyHolder, string> {
  const beside = (holder: KeyHolder) => join(dirname(publicFile), `${holder}-keys.private.json`);
  const gateway = resolve(options.gatewayFile ?? env[fileVariables.gateway] ?? beside('gateway'));
  const jira = resolve(options.jiraFile ?? env[fileVariables.jira] ?? beside('jira'));
  if (new Set([gateway, jira, resolve(publicFile)]).size === 3) return { gateway, jira };
  throw new CliError(exitCodes.usage, 'two of the three key files are one', 'Name three different files.');
}

function requireKnown(sets: KeySets, kid: string): void {
  const known = idsOf([...sets.public, ...sets.private.gateway, ...sets.private.jira]);
  if (known.includes(kid)) return;
  throw new CliError(
    exitCodes.notFound,
    `no key "${kid}"`,
    `Known: ${[...new Set(known)].join(', ') || 'none'}.`,
  );
}

function toRotation(now: Date, overlap: string): string {
  const minutes = Number(overlap);
  if (/^[0-9]{1,5}$/.test(overlap)) return new Date(now.getTime() + minutes * 60_000).toISOString();
  throw new CliError(
    exitCodes.usage,
    `--overlap: "${overlap}" is no number of minutes`,
    'Use a whole number up to 99999.',
  );
}

function idsOf(keys: readonly { readonly kid: string }[]): string[] {
  return keys.map(({ kid }) => kid);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
