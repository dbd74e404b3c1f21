// Run by run-isolated.test.ts as a process of its own, to be killed.
import { runIsolated } from '../../../sandbox/isolation/run-isolated.ts';

const labDir = process.argv[2] ?? '';
const command = ['bash', '-c', 'echo up; sleep 1000'] as const;
const env = { PATH: '/usr/bin' };
await runIsolated({ labDir, hostname: 'x', command, env, forwards: [], console: process.stdout }).exit;
