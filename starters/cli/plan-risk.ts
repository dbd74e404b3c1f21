import type { Command } from 'commander';
import type { PlanReport } from '../../workflows/change-approval/plan-report.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { createOutput, toTable, type Output } from './output.ts';
import { readInstallationRules } from './plan-risk/installation-rules.ts';
import { NotAPlan } from './plan-risk/not-a-plan.ts';
import { readPlan } from './plan-risk/read-plan.ts';
import type { GlobalOptions } from './session.ts';

export function addPlanRiskCommand(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('plan-risk')
    .description('say what is risky in a Terraform plan; needs neither Temporal nor a configuration')
    .argument(
      '<file>',
      'output of `terraform show -json PLANFILE`, also as UTF-16 or packed with gzip; - reads stdin',
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  lockkeeper plan-risk plan.json\n' +
        '  terraform plan -out tfplan && terraform show -json tfplan > plan.json && lockkeeper plan-risk plan.json\n' +
        '  terraform show -json tfplan | lockkeeper plan-risk - --json\n' +
        '  lockkeeper plan-risk plan.json.gz --config lockkeeper.yaml\n' +
        '\nRules of processes.change.planRules count too, when --config names a file or lockkeeper.yaml is here.\n' +
        '\nExit codes: 0 nothing is risky, 20 something is, 2 the file is not a plan, 3 there is no such file.',
    )
    .action(async (file: string, _options: unknown, command: Command) => {
      const { config, json } = command.optsWithGlobals<GlobalOptions>();
      const isNamed = command.getOptionValueSourceWithGlobals('config') !== 'default';
      const output = createOutput(json === true, (text) => process.stdout.write(text));
      const rules = readInstallationRules(config, isNamed);
      end(sayPlanRisk(await readPlanFile(file, rules), output));
    });
}

/** @param file a path; `-` is standard input · @throws CliError */
export async function readPlanFile(
  file: string,
  rules: Parameters<typeof readPlan>[1]['rules'],
): Promise<PlanReport> {
  try {
    return await readPlan(file === '-' ? process.stdin : file, { rules });
  } catch (error) {
    const name = file === '-' ? 'standard input' : file;
    if (error instanceof NotAPlan)
      throw new CliError(
        exitCodes.usage,
        `${name} is not a Terraform plan: ${error.message}`,
        'Make one with: terraform plan -out tfplan && terraform show -json tfplan > plan.json',
      );
    if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error;
    if (error.code === 'ENOENT') throw new CliError(exitCodes.notFound, `${name}: no such file`);
    throw new CliError(exitCodes.usage, `${name}: cannot be read (${String(error.code)})`);
  }
}

/** @returns the exit code that the report deserves */
export function sayPlanRisk(report: PlanReport, output: Output): ExitCode {
  const { reasons, moreReasons, counts, risky } = report;
  const rows = reasons.map(({ address, attribute, rule, reason }) => [
    rule,
    address,
    attribute ?? '',
    reason,
  ]);
  const more = moreReasons > 0 ? [`and ${moreReasons} more`] : [];
  const total = reasons.length + moreReasons;
  output.print(report, [
    risky ? `Risky: ${total} ${total === 1 ? 'reason' : 'reasons'}.` : 'Nothing in this plan is risky.',
    ...(risky ? toTable([['RULE', 'ADDRESS', 'ATTRIBUTE', 'REASON'], ...rows]) : []),
    ...more,
    Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(', '),
    `Digest: ${report.digest}`,
    `Format ${report.formatVersion}, Terraform ${report.terraformVersion ?? 'unknown'}; SHA-256 of the file: ${report.fileDigest}`,
  ]);
  return risky ? exitCodes.riskyPlan : exitCodes.ok;
}
