import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { parseDocument, stringify, type Document } from 'yaml';
import type { Environment } from '../../config/environment.ts';
import { formatFaults } from '../../config/fault.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { list, text } from '../../config/raw-values.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { JiraOptions } from './sync-jira-input.ts';

/** A connection as `processes.incidents.connections` has it; everything else by default. */
export interface Block {
  readonly name: string;
  readonly version: 1;
  readonly site: string;
  readonly project: string;
  readonly issueType: string;
  readonly account: string;
  readonly region: string;
}

/** @returns undefined: there is no such file */
export function readDocument(path: string): Document | undefined {
  try {
    return parseDocument(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new CliError(exitCodes.usage, `${path} cannot be read`, 'Name another file with --config.');
  }
}

/** What is not given is taken from the configuration, where it says it; else a word to replace. */
export function toBlock(options: JiraOptions, document: Document | undefined): Block {
  const file: unknown = document?.toJS();
  const soc = list(file, 'aws', 'accounts').find((one) => text(one, 'purpose') === 'soc');
  return {
    ...{ name: options.connection, version: 1, site: siteOf(options, file) ?? 'SITE' },
    ...{ project: options.projectKey, issueType: options.issueType },
    account: options.account ?? text(soc, 'id') ?? 'ACCOUNT_ID',
    region: options.region ?? text(file, 'aws', 'region') ?? 'REGION',
  };
}

function siteOf({ url }: JiraOptions, file: unknown): string | undefined {
  const bare = (address: string) => address.replace(/\/+$/, '');
  const site = list(file, 'jira', 'sites').find((one) => bare(text(one, 'baseUrl') ?? '') === bare(url));
  return text(site, 'name');
}

export function formatBlock(block: Block): string[] {
  const yaml = stringify({ processes: { incidents: { connections: [block] } } });
  return yaml.trimEnd().split('\n');
}

/**
 * Adds the connection to the file, whose comments stay. It is written only when the whole is sound afterwards.
 * @param env what the configuration is judged by
 * @throws CliError
 */
export function writeBlock(path: string, block: Block, env: Environment): void {
  const document = readDocument(path);
  if (!document)
    throw new CliError(exitCodes.usage, `${path}: no such file`, 'Start from lockkeeper.example.yaml.');
  const file: unknown = document.toJS();
  const there = list(file, 'processes', 'incidents', 'connections');
  if (there.some((one) => text(one, 'name') === block.name))
    throw new CliError(
      exitCodes.failed,
      `${path} has a connection ${block.name} already`,
      'Name another one with --connection, or edit the file.',
    );
  if (there.length === 0) document.setIn(['processes', 'incidents', 'connections'], [block]);
  else document.addIn(['processes', 'incidents', 'connections'], block);
  const yamlText = String(document);
  const parsed = parseConfig({ yamlText, env });
  if ('faults' in parsed)
    throw new CliError(
      exitCodes.usage,
      `${path} is not written; it would have faults:\n${formatFaults(parsed.faults)}`,
      'Correct them, or take the printed block.',
    );
  replaceFile(path, yamlText);
}

/** Written aside first, then renamed: a reader sees the old file or the new one. */
function replaceFile(path: string, content: string): void {
  const aside = `${path}.${process.pid}.new`;
  try {
    writeFileSync(aside, content, { flag: 'wx' });
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(exitCodes.failed, `${path} cannot be written: ${reason}`, 'Check its rights.');
  }
}
