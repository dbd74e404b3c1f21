import { parseArgs } from 'node:util';
import { nearestName } from '../config/nearest-name.ts';
import { benchApproval, fewestOpen } from './approval.ts';
import { benchChangeAnalysis } from './change-analysis.ts';
import { benchHalo } from './halo.ts';
import { benchIncident, incidentParts, type IncidentPart } from './incident.ts';
import { benchPlanRisk } from './plan-risk.ts';
import { benchPromotion, promotionParts, type PromotionPart } from './promotion.ts';
import { benchPromotionLine } from './promotion-line.ts';
import { benchSecrets, secretParts, type SecretPart } from './secrets.ts';
import { measure, toTable, type Measured } from './report.ts';

const usage = `usage: npm run bench -- promotion [--only ${promotionParts.join('|')}]… [--json]
       npm run bench -- promotion-line [--tickets N] [--json]
       npm run bench -- approval [--open N] [--json]
       npm run bench -- change-analysis [--json]
       npm run bench -- plan-risk [--json]
       npm run bench -- halo [--findings N] [--json]
       npm run bench -- incident [--only ${incidentParts.join('|')}]… [--cases N] [--json]
       npm run bench -- secrets [--only ${secretParts.join('|')}]… [--events N] [--json]

Measures Lockkeeper on a stack of its own on this machine and compares the figures with their limits.

  promotion        webhook to first Jira change; own overhead at 50 ms vendor latency; publishing 256 MB (about 4 min)
  promotion-line   N tickets (200 by default) filed at once: in order, none lost, in time (about 8 s a ticket)
  approval         button click to updated message; N approvals (500 by default) open: memory, no polling (about 9 min)
  change-analysis  the bot reads 1,000 commits at 50 ms latency: GitLab calls and time (about 30 s)
  plan-risk        Terraform plans of 50 and 100 MB: time and memory (about 20 s)
  halo             findings to Jira at 20 ms latency: calls, writes, rate, memory at 100,000 (about 8 min)
  incident         cases and issues both ways at 50 ms latency; a storm of 429, idle cost, memory (about 40 min)
  secrets          changes of secrets at 20 ms latency: rate against bare workflows, calls, repeats, delay (about 5 min)

  --only PART      this part of the bench; may be given several times
  --tickets N      length of the line
  --findings N     how many there are in the end, 100,000 by default
  --cases N        how many are open in the end, 5,000 by default
  --events N       changes of secrets at once, 2,000 by default
  --open N         approvals that are open at once
  --json           the report as one JSON object on standard output; progress goes to standard error anyway
  --help           this

Exit codes: 0 within all limits, 1 a limit is missed or the bench failed, 2 wrong usage.
`;

interface Options {
  /** Parts of a bench that has parts; none: all of them. */
  readonly only: readonly string[];
  readonly tickets: number;
  readonly open: number;
  readonly findings: number;
  readonly cases: number;
  readonly events: number;
}

/** Of the benches that have parts. */
const partsOf: Readonly<Record<string, readonly string[]>> = {
  promotion: promotionParts,
  incident: incidentParts,
  secrets: secretParts,
};

const benches: Readonly<Record<string, (options: Options) => Promise<Measured>>> = {
  promotion: ({ only }) => benchPromotion(toParts<PromotionPart>(only, promotionParts), log),
  'promotion-line': ({ tickets }) => benchPromotionLine({ tickets, log }),
  approval: ({ open }) => benchApproval({ open, log }),
  'change-analysis': () => benchChangeAnalysis({ runs: 3, log }),
  'plan-risk': () => benchPlanRisk(log),
  halo: ({ findings }) => benchHalo({ findings, log }),
  incident: ({ only, cases }) =>
    benchIncident({ only: toParts<IncidentPart>(only, incidentParts), open: cases, log }),
  secrets: ({ only, events }) => benchSecrets({ only: toParts<SecretPart>(only, secretParts), events, log }),
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
await main();

async function main() {
  const { name, json, options } = readArguments();
  const bench = benches[name];
  if (!bench) return refuse(unknown('bench', name, Object.keys(benches)));
  const report = await measure(name, () => bench(options));
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : toTable(report));
  process.exit(report.ok ? 0 : 1);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        only: { type: 'string', multiple: true, default: [] },
        tickets: { type: 'string', default: '200' },
        open: { type: 'string', default: '500' },
        findings: { type: 'string', default: '100000' },
        cases: { type: 'string', default: '5000' },
        events: { type: 'string', default: '2000' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) answer(usage, 0);
    const [name, ...more] = positionals;
    if (name === undefined) throw new Error('which bench?');
    if (more.length > 0) throw new Error(`one bench at a time: "${more.join(' ')}" is too much`);
    const options = {
      only: toParts(values.only, partsOf[name] ?? []),
      tickets: toCount('--tickets', values.tickets, 2),
      open: toCount('--open', values.open, fewestOpen),
      findings: toCount('--findings', values.findings, 11_000, 1_000_000),
      cases: toCount('--cases', values.cases, 1_000, 100_000),
      events: toCount('--events', values.events, 500, 100_000),
    };
    return { name, json: values.json, options };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** @returns all of them when none is named @throws Error no such part */
function toParts<Part extends string>(names: readonly string[], parts: readonly Part[]): readonly Part[] {
  if (names.length === 0) return parts;
  return names.map((name) => {
    const part = parts.find((candidate) => candidate === name);
    if (!part) throw new Error(unknown('--only', name, parts));
    return part;
  });
}

function toCount(option: string, given: string, fewest: number, most = 1000): number {
  const count = Number(given);
  if (!/^[0-9]+$/.test(given) || count < fewest || count > most)
    throw new Error(`${option}: a whole number from ${fewest} to ${most} is needed, not "${given}"`);
  return count;
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `${what}: no "${name}"${nearest ? `; did you mean ${nearest}?` : `, only ${known.join(', ')}`}`;
}

function refuse(reason: string): never {
  return answer(`${reason}\n\n${usage}`, 2);
}

function answer(text: string, code: number): never {
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exit(code);
}

function log(line: string) {
  process.stderr.write(`${line}\n`);
}
