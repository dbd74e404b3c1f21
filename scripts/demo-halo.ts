import { controlOf } from '../sandbox/drive/control.ts';
import { haloPerson } from '../sandbox/drive/halo-person.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import type { PassReport } from '../workflows/halo-sync/messages.ts';
import { haloSyncId } from '../workflows/shared/names.ts';
import { check, type DemoCheck } from './demo-check.ts';
import { runCli } from './run-cli.ts';

const count = 300;
const changed = { changed: 20, resolved: 15, reopened: 5 };

type Log = (line: string) => void;

/** Three passes over findings of Halo: they become Jira issues, change, are closed and reopened, and then nothing happens at all. */
export async function demoHalo(endpoints: Endpoints, log: Log): Promise<DemoCheck[]> {
  const halo = haloPerson(endpoints);
  const run = encodeURIComponent(haloSyncId('halo'));
  log(`Halo has ${count} new findings  →  ${endpoints.ui}/namespaces/default/workflows/${run}`);
  await halo.seed({ count, seed: Date.now() % 1_000_000, types: { sva: 6, csm: 5, fim: 2, lids: 1 } });
  const first = await pass(endpoints, log);
  const known = await countTickets(endpoints);

  await halo.resolve({ first: changed.reopened + changed.resolved });
  await halo.change({ first: changed.changed });
  log(`a scan finds ${changed.changed} again, and ${changed.reopened + changed.resolved} are resolved`);
  const second = await pass(endpoints, log);
  await halo.reopen({ first: changed.reopened });
  log(`${changed.reopened} of those are there again`);
  const third = await pass(endpoints, log);
  const quiet = await pass(endpoints, log, 'reconcile');

  const { report } = second;
  return [
    check('first pass: findings that became tickets', `${count}`, `${first.report.counts.created}`),
    check('second pass: commented, closed', '20, 20', `${report.counts.commented}, ${report.counts.closed}`),
    check('second pass: writes to Jira, one for each change', '40', `${second.writes}`),
    check('third pass: reopened', `${changed.reopened}`, `${third.report.counts.reopened}`),
    check('everything looked at again: writes to Jira', '0', `${quiet.writes}`),
    check('tickets of findings, none twice', `${known}`, `${await countTickets(endpoints)}`),
  ];
}

interface Pass {
  readonly report: PassReport;
  readonly writes: number;
}

/** As an operator asks for it: `lockkeeper findings pass --follow`. */
async function pass(endpoints: Endpoints, log: Log, kind: 'pass' | 'reconcile' = 'pass'): Promise<Pass> {
  const before = await countCalls(endpoints);
  const began = performance.now();
  const report = (await runCli('findings', kind, '--follow')) as PassReport;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const after = await countCalls(endpoints);
  const calls = after.calls - before.calls;
  const writes = after.writes - before.writes;
  const numbers = Object.entries(report.counts).filter(([, number]) => number > 0);
  const words = numbers.map(([name, number]) => `${number} ${name}`).join(', ');
  log(`${kind}: ${words}; ${calls} calls, ${writes} writes, ${seconds} s`);
  return { report, writes };
}

async function countCalls(endpoints: Endpoints): Promise<{ calls: number; writes: number }> {
  const jira = await controlOf(endpoints.jira, endpoints.control).calls();
  const halo = await haloPerson(endpoints).calls();
  const writes = Object.entries(jira.byKind).filter(
    ([kind]) => /^(?:POST|PUT|DELETE) /.test(kind) && !/\/search\/|\/bulkfetch/.test(kind),
  );
  return {
    calls: jira.total + halo.total,
    writes: writes.reduce((sum, [, calls]) => sum + calls, 0),
  };
}

/** As Jira's own search counts them. */
async function countTickets(endpoints: Endpoints): Promise<number> {
  const bot = endpoints.people['jira-bot'];
  if (!bot) throw new Error('no jira-bot');
  const authorization = `Basic ${Buffer.from(`${bot.email}:${bot.jira.apiToken}`).toString('base64')}`;
  const response = await fetch(`${endpoints.jira}/rest/api/3/search/approximate-count`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ jql: '"Halo Issue ID" is not EMPTY' }),
  });
  if (!response.ok) throw new Error(`count tickets: ${response.status}`);
  return ((await response.json()) as { count: number }).count;
}
