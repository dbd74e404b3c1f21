import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { toFigure, type Figure } from './figure.ts';
import { writePlan } from './plan-file.ts';
import type { Measured } from './report.ts';

const run = promisify(execFile);
const runs = 5;

interface Judged {
  readonly ms: number;
  readonly peakRssMb: number;
  readonly risky: boolean;
}

/** Time for a plan of 50 MB and memory for one of 100 MB, each judged in a process of its own. */
export async function benchPlanRisk(log: (line: string) => void): Promise<Measured> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lockkeeper-plan-'));
  try {
    const figures: Figure[] = [];
    for (const megabytes of [50, 100]) {
      const file = path.join(folder, `${megabytes}.json`);
      const { changes } = await writePlan(file, megabytes * 1e6);
      const { size } = await stat(file);
      log(`${changes} changes in ${(size / 1e6).toFixed(1)} MB, ${runs} runs`);
      figures.push(...toFigures(megabytes, await judgeOften(file)));
    }
    return { figures, notes };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function judgeOften(file: string): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (let i = 0; i < runs; i += 1) judged.push(await judgeInProcess(file));
  return judged;
}

/** @throws Error when the plan was not found risky: then it was not judged */
async function judgeInProcess(file: string): Promise<Judged> {
  const script = path.join(import.meta.dirname, 'plan-process.ts');
  const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', script, file]);
  const judged = JSON.parse(stdout) as Judged;
  if (!judged.risky) throw new Error('the plan has deletes, and none was found');
  return judged;
}

function toFigures(megabytes: number, judged: readonly Judged[]): Figure[] {
  const seconds = judged.map(({ ms }) => ms / 1000);
  const memory = judged.map(({ peakRssMb }) => peakRssMb);
  const isTimed = megabytes === 50;
  return [
    toFigure(
      `plan of ${megabytes} MB: judged`,
      's',
      seconds,
      isTimed ? { of: 'max', is: '<', value: 3 } : undefined,
    ),
    toFigure(
      `plan of ${megabytes} MB: peak memory`,
      'MB',
      memory,
      isTimed ? undefined : { of: 'max', is: '<', value: 512 },
    ),
  ];
}

const notes = [
  'plan: ECS services as Terraform writes them, with planned values, before, after and prior state; every tenth is deleted.',
  'judged: from opening the file to the report, without the start of Node; memory: peak RSS of the whole process.',
];
