import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { historyFromJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { workflowTypes } from '../../workflows/shared/names.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';
import { payloadConverterPath, sharedBundle } from '../support/workflow-bundle.ts';

const folder = import.meta.dirname;
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.json'),
);
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
const started = (history: History) => history.events?.[0]?.workflowExecutionStartedEventAttributes;

describe('recorded histories', function () {
  this.timeout(60_000);
  let workflowBundle: WorkflowBundle;
  before(async () => {
    quietRuntime();
    workflowBundle = await sharedBundle();
  });

  function replay(history: History, bundle = workflowBundle): Promise<void> {
    const options = { workflowBundle: bundle, dataConverter: { payloadConverterPath } };
    return Worker.runReplayHistory(options, history, started(history)?.workflowId ?? '');
  }

  describe('replay', () => {
    // one worker for all of them: each of its own costs half a second
    const errors = new Map<string, Error | undefined>();
    before(async () => {
      const histories = files.map((name) => historyFromJSON(JSON.parse(read(name))));
      const runs = histories.map((history) => ({ workflowId: started(history)?.workflowId ?? '', history }));
      const options = { workflowBundle, dataConverter: { payloadConverterPath } };
      let at = 0;
      // in the order in which they were given
      for await (const { error } of Worker.runReplayHistories(options, runs))
        errors.set(files[(at += 1) - 1] ?? '', error);
    });

    for (const name of files)
      it(name, () => {
        assert.ok(errors.has(name), 'was not replayed');
        assert.ifError(errors.get(name));
      });
  });

  it('hold at least two of every workflow', () => {
    const counts = new Map<string, number>();
    for (const name of files) {
      const type = started(historyFromJSON(JSON.parse(read(name))))?.workflowType?.name ?? '';
      counts.set(type, (counts.get(type) ?? 0) + 1);
    }
    for (const type of Object.values(workflowTypes)) assert.ok((counts.get(type) ?? 0) >= 2, type);
  });

  it('name no folder, no machine and no person of whoever recorded them', () => {
    const decode = (text: string) =>
      text.replace(/"data": ?"([^"]*)"/g, (_, data: string) => Buffer.from(data, 'base64').toString());
    for (const name of files) {
      const text = decode(read(name));
      for (const word of [os.hostname(), 'file://', 'node_modules', 'xoxb-', 'glpat-', 'AKIA'])
        assert.ok(!text.includes(word), `${name} has ${word}`);
    }
  });

  describe('are no formality', () => {
    const [done = ''] = files.filter((name) => name.endsWith('-done.json'));
    const history = () => historyFromJSON(JSON.parse(read(done)));

    it('a workflow that calls another activity does not replay', async () => {
      const code = workflowBundle.code.replaceAll('copyToTest', 'copyToTests');
      await assert.rejects(replay(history(), { code }), DeterminismViolationError);
    });

    it('a workflow that waits less does not replay', async () => {
      const code = workflowBundle.code.replace('run.policy.pipelinePollSeconds * 1000', '0 * 1000');
      assert.notEqual(code, workflowBundle.code);
      await assert.rejects(replay(history(), { code }), DeterminismViolationError);
    });

    it('a history that lacks an event does not replay', async () => {
      const events = history().events ?? [];
      const first = events.findIndex((event) => event.activityTaskScheduledEventAttributes);
      await assert.rejects(replay({ events: events.toSpliced(first, 1) }));
    });
  });
});
