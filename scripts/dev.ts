import { printChangeHints } from './dev-hints.ts';
import { findRunningStack, printEndpoints, startLocalStack, untilInterrupted } from './running-stack.ts';

const started = Date.now();
const running = await findRunningStack();
if (running) {
  process.stdout.write(`Up already (process ${running.pid}):\n`);
  printEndpoints(running);
  printChangeHints(running);
} else {
  const stack = await startLocalStack((line) => process.stdout.write(`${line}\n`));
  process.stdout.write(`Up in ${((Date.now() - started) / 1000).toFixed(1)} s. Ctrl-C ends all.\n`);
  printEndpoints(stack.endpoints);
  printChangeHints(stack.endpoints);
  await untilInterrupted();
  await stack.stop();
  process.exit(0);
}
