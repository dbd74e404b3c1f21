import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { toCsv } from '../../starters/cli/evidence/csv.ts';
import { listInspections } from '../../starters/cli/evidence/inspections.ts';
import type { EvidenceBundle } from '../../starters/cli/evidence/bundle.ts';
import {
  decide,
  requests,
  type DecisionClaims,
  type RequestView,
} from '../../workflows/approval/messages.ts';
import type { AutoApproved, InspectionOutcome } from '../../workflows/change-inspection/messages.ts';
import { changeInspectionId, workflowTypes } from '../../workflows/shared/names.ts';
import { claimsFor } from '../support/approval-answers.ts';
import { eventually } from '../support/approval-world.ts';
import { autoApproved, inspectionPolicy } from '../support/inspection-world.ts';
import { startTimeSkipping, testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';
import { exportRun, sealed, sessionWith, signed, stubRun, wrongsOf } from './evidence-world.ts';

const policy = sealed({ ...inspectionPolicy, percent: 50 });
const reject = { verb: 'reject', reason: '=cmd|calc, "quoted"' } as const;

describe('lockkeeper evidence of inspections', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let bundle: EvidenceBundle;
  let outcome: InspectionOutcome;

  async function start(month: string, approved: readonly AutoApproved[]): Promise<WorkflowHandle> {
    const workflowId = changeInspectionId(month);
    stubRun(workflowId, '1', (_, stubs) => {
      stubs.jira.listAutoApproved = async () => approved;
    });
    const options = { workflowId, taskQueue: testQueue, args: [{ month, policy }] };
    return temporal.track(await temporal.client.workflow.start(workflowTypes.changeInspection, options));
  }

  async function say(handle: WorkflowHandle, view: RequestView, part: Partial<DecisionClaims> = {}) {
    const claims = claimsFor(view, { principal: 'sue', groups: ['security'], ...part });
    await handle.signal(decide, { envelope: await signed(claims) });
  }

  const open = (handle: WorkflowHandle) =>
    eventually(async () => {
      const asked = await handle.query<readonly RequestView[]>(requests.name);
      return asked.length === 4 ? asked : undefined;
    });

  before(async () => {
    temporal = await startTimeSkipping();
    await (await start('2020-03', [])).result();
    const running = await start('2020-04', [autoApproved(1)]);
    await eventually(
      async () => (await running.query<readonly unknown[]>(requests.name)).length || undefined,
    );
    const handle = await start(
      '2020-01',
      Array.from({ length: 8 }, (_, index) => autoApproved(20 - index)),
    );
    for (const [index, view] of (await open(handle)).entries())
      await say(handle, view, index === 2 ? reject : {});
    outcome = (await handle.result()) as InspectionOutcome;
    bundle = await exportRun(temporal, changeInspectionId('2020-01'));
    await running.terminate();
  });
  after(() => temporal.stop());

  it('has what the sample was drawn from, and all of it is right', async () => {
    const { month, percent, least, approved } = bundle.inspection ?? assert.fail();
    assert.deepEqual([month, percent, least, approved.length], ['2020-01', 50, 2, 8]);
    assert.deepEqual(bundle.run.outcome, outcome);
    assert.deepEqual([outcome.sample.length, await wrongsOf(bundle)], [4, []]);
  });

  const tamperings: readonly [what: string, tamper: (bundle: Changeable) => void, check: string][] = [
    [
      'a ticket that was left out of the population',
      ({ inspection }) => inspection.approved.pop(),
      'inspection: drawn',
    ],
    ['a smaller share', ({ inspection }) => (inspection.percent = 10), 'inspection: drawn'],
    ['another month', ({ inspection }) => (inspection.month = '2020-02'), 'inspection: month'],
    ['another seed', ({ run }) => (run.outcome.seed = '0'.repeat(32)), 'inspection: drawn'],
    ['a ticket that was never asked about', ({ requests: asked }) => asked.pop(), 'inspection: asked'],
    [
      'a result that nobody gave',
      ({ run }) => {
        for (const ticket of run.outcome.tickets) ticket.result = 'passed';
      },
      'inspection: results',
    ],
    [
      'an inspector who was another',
      ({ run }) => {
        for (const ticket of run.outcome.tickets) ticket.inspector = 'sid';
      },
      'inspection: results',
    ],
    ['a population that is missing', (whole) => Reflect.deleteProperty(whole, 'inspection'), 'inspection'],
  ];
  for (const [what, tamper, check] of tamperings)
    it(`finds ${what}`, async () => {
      const other = structuredClone(bundle) as unknown as Changeable;
      tamper(other);
      const wrong = await wrongsOf(other as unknown as EvidenceBundle);
      assert.ok(
        wrong.some((one) => one.check === check),
        JSON.stringify(wrong),
      );
    });

  const list = async (options: Parameters<typeof listInspections>[1]) => {
    const written: string[] = [];
    const code = await listInspections(sessionWith(temporal.client), options, (text) => written.push(text));
    return { code, text: written.join('') };
  };

  it('lists every month of a period as JSON lines, drawn again', async () => {
    const { code, text } = await list({ from: '2020-01', to: '2020-04' });
    const months = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      months.map(({ month, state, redrawn }) => [month, state, redrawn]),
      [
        ['2020-01', 'inspected', 'ok'],
        ['2020-02', 'missing', ''],
        ['2020-03', 'empty', 'ok'],
        ['2020-04', 'failed', ''],
      ],
    );
    assert.deepEqual([code, months[0]?.['seed'], months[0]?.['sample']], [0, outcome.seed, outcome.sample]);
  });

  it('lists a row for each sampled ticket as CSV, without formulas', async () => {
    const { text } = await list({ from: '2020-01', to: '2020-02', format: 'csv' });
    const [header, ...rows] = text.trimEnd().split('\r\n');
    assert.equal(
      header,
      'month,state,population,seed,sample,redrawn,ticket,result,inspector,reason,finding,at',
    );
    assert.deepEqual([rows.length, rows.at(-1)], [5, '2020-02,missing,,,,,,,,,,']);
    const failed = rows.find((row) => row.includes(',failed,'));
    assert.match(
      failed ?? '',
      /^2020-01,inspected,8,[0-9a-f]{32},4,ok,PRODCM-[0-9]+,failed,sue,"'=cmd\|calc, ""quoted""",DEVOPS-999,/,
    );
  });

  it('writes a file', async () => {
    const out = path.join(mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-inspections-')), 'list.jsonl');
    const { code, text } = await list({ from: '2020-03', to: '2020-03', out });
    assert.deepEqual([code, text], [0, '']);
    assert.match(readFileSync(out, 'utf8'), /"state":"empty"/);
  });

  for (const [what, options, says] of [
    ['no month', { from: '2020-13' }, /--from: "2020-13" is no month/],
    ['a period backwards', { from: '2020-04', to: '2020-03' }, /--from is after --to/],
    ['a long period', { from: '2000-01', to: '2020-03' }, /more than 120/],
    ['a format that is none', { format: 'xlsx' }, /none of jsonl, csv/],
  ] as const)
    it(`refuses ${what}`, () => assert.rejects(list(options), says));
});

interface Changeable {
  readonly inspection: { month: string; percent: number; readonly approved: unknown[] };
  readonly requests: unknown[];
  readonly run: {
    readonly outcome: { seed: string; readonly tickets: { result: string; inspector: string }[] };
  };
}

describe('CSV', () => {
  const cells: readonly [text: string, cell: string][] = [
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['', ''],
  ];
  for (const [text, cell] of cells)
    it(`${JSON.stringify(text)} is ${JSON.stringify(cell)}`, () =>
      assert.equal(toCsv([{ name: text }]), `name\r\n${cell}\r\n`));
});
