import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { specsDirOrSkip } from '../../support/contract-judge.ts';
import { differences } from './shape-differences.ts';
import { passingRunner, startGitlab, type RunningGitlab } from './gitlab-fixture.ts';
import { startReceiver } from './webhook-receiver.ts';

describe("GitLab stand-in: webhook bodies against GitLab's examples", () => {
  let directory: string;
  let gitlab: RunningGitlab;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;

  before(async function () {
    directory = specsDirOrSkip(this);
    receiver = await startReceiver();
    const hooks = [{ url: receiver.url, pipeline_events: true, job_events: true }];
    gitlab = await startGitlab({ jobRunner: passingRunner, hooks });
    await gitlab.api.Pipelines.create(41, 'main', { variables: [{ key: 'A', value: '1' }] });
    await receiver.until(() => receiver.received.length === 6);
  });
  after(async () => {
    await gitlab?.front.stop();
    await receiver?.stop();
  });

  for (const [kind, file] of [
    ['pipeline', 'gitlab.pipeline.json'],
    ['build', 'gitlab.job.json'],
  ] as const) {
    it(`${kind}: every key of the example, with a value of its kind`, () => {
      const example: unknown = JSON.parse(readFileSync(path.join(directory, 'examples', file), 'utf8'));
      const events = receiver.received.filter(({ body }) => body.object_kind === kind);
      assert.equal(events.length, 3);
      for (const { body } of events) assert.deepEqual(differences(example, body), []);
    });
  }
});
