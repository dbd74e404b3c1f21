import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import { scenarios } from '../test/replay/scenarios.ts';
import { startRealServer } from '../test/support/real-server.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * `node scripts/record-histories.ts [workflow…]`: all workflows, or those named by their folder. Plays every scenario on Temporal's dev server and writes its history to `test/replay/<workflow>/<version>-<scenario>.json`.
 * Run it for each release; histories of earlier releases stay, because runs of theirs may still be open.
 */
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
  version: string;
};
const only = process.argv.slice(2);
const world = await startRealServer();
try {
  for (const [workflow, stories] of Object.entries(scenarios).filter(
    ([name]) => only.length === 0 || only.includes(name),
  ))
    for (const [name, play] of Object.entries(stories)) {
      const history = await (await play(world)).fetchHistory();
      const file = path.join(root, 'test/replay', workflow, `${version}-${name}.json`);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, `${toText(history)}\n`);
      process.stdout.write(`${path.relative(root, file)}: ${history.events?.length ?? 0} events\n`);
    }
} finally {
  await world.stop();
}

/** Without stack traces: they name this machine's folders, and no replay reads them. */
function toText(history: History): string {
  const drop = (key: string, value: unknown) => (key === 'stackTrace' ? undefined : value);
  return JSON.stringify(JSON.parse(historyToJSON(history), drop), null, 1);
}
