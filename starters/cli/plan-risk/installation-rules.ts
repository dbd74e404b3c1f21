import { existsSync, readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { Change, type PlanRule } from '../../../config/change-schema.ts';
import { reportFaults, type ConfigFault } from '../../../config/fault.ts';
import { findFormFaults } from '../../../config/form-faults.ts';
import { list } from '../../../config/raw-values.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';

const place = 'processes.change.planRules';

/**
 * The rules of lockkeeper.yaml, and nothing else of it: a CI job has neither the secrets nor the accounts of a worker.
 * @param isNamed somebody named this file; otherwise it may be absent
 * @throws CliError for a file that cannot be read or faulty rules
 */
export function readInstallationRules(path: string, isNamed: boolean): readonly PlanRule[] {
  if (!isNamed && !existsSync(path)) return [];
  const document = parseDocument(readText(path));
  const [error] = document.errors;
  if (error) throw faulty([{ path, problem: 'is no YAML', fix: error.message.split('\n')[0] ?? '' }]);
  const raw: unknown = document.toJS();
  const rules = list(raw, ...place.split('.'));
  const faults = findFormFaults(raw).filter((fault) => fault.path.startsWith(place));
  if (faults.length > 0) throw faulty(faults);
  return Change.shape.planRules.parse(rules);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new CliError(
      exitCodes.usage,
      `${path}: cannot be read (${code})`,
      'Name the file with --config, or leave --config out.',
    );
  }
}

function faulty(faults: readonly ConfigFault[]): CliError {
  return new CliError(exitCodes.usage, reportFaults(faults));
}
