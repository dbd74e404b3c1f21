import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { promotionQueueId } from '../../workflows/shared/names.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';
import { payloadConverterPath, sharedBundle } from '../support/workflow-bundle.ts';

const folder = path.join(import.meta.dirname, 'promotion-queue');
const stories = ['three-turns', 'holder-terminated', 'continued-as-new'].map(
  (story) => `0.1.0-${story}.json`,
);

/** What an old queue did when newer promotions, of a rolling upgrade, had joined it: it knew none of these fields. */
function withNewFields(name: string): string {
  let version = 1;
  return readFileSync(path.join(folder, name), 'utf8').replace(
    /"data": ?"([^"]*)"/g,
    (whole, data: string) => {
      const text = Buffer.from(data, 'base64').toString();
      if (!text.includes('"enteredAt"') || text.includes('"waiting"')) return whole;
      const request = JSON.parse(text) as object;
      version += 1;
      const newer = { ...request, version: `1.${version}.0`, freezes: true, supersede: true };
      return `"data": "${Buffer.from(JSON.stringify(newer)).toString('base64')}"`;
    },
  );
}

describe('promotionQueue, upgraded while newer promotions are in line', function () {
  this.timeout(60_000);
  let workflowBundle: WorkflowBundle;
  before(async () => {
    quietRuntime();
    workflowBundle = await sharedBundle();
  });

  const replay = (name: string, bundle = workflowBundle) =>
    Worker.runReplayHistory(
      { workflowBundle: bundle, dataConverter: { payloadConverterPath } },
      historyFromJSON(JSON.parse(withNewFields(name))),
      promotionQueueId,
    );

  it('has all its old stories', () => {
    for (const name of stories) assert.ok(readdirSync(folder).includes(name), name);
  });

  for (const name of stories) it(`replays ${name}`, () => replay(name));

  for (const [what, patch] of [
    ['reads the holds', 'holds'],
    ['lets older ones give way', 'supersede'],
  ] as const)
    it(`would not if it ${what} without saying so`, async () => {
      const code = workflowBundle.code.replace(
        `(0,_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.patched)('${patch}')`,
        'true',
      );
      assert.notEqual(code, workflowBundle.code);
      await assert.rejects(replay(stories[0] ?? '', { code }), DeterminismViolationError);
    });
});
