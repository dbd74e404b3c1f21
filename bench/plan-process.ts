import { readPlan } from '../starters/cli/plan-risk/read-plan.ts';

/** Judges one plan in a process of its own and says what it took: `node bench/plan-process.ts FILE`. */
const started = performance.now();
const { risky, counts } = await readPlan(process.argv[2] ?? '', { rules: [] });
const ms = performance.now() - started;
const peakRssMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ ms, peakRssMb, risky, counts }));
