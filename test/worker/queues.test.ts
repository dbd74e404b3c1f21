import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { secretVariables, type SecretName } from '../../config/secrets.ts';
import {
  createActivities,
  findMissingSecrets,
  narrowSecrets,
  queueNames,
  taskQueueOf,
  type QueueName,
} from '../../worker/queues.ts';
import { configOf, exampleYaml } from '../config/example-config.ts';
import { verbs } from '../support/stub-activities.ts';

const needed: Readonly<Record<QueueName, readonly SecretName[]>> = {
  workflows: [],
  jira: ['jiraEmail', 'jiraApiToken'],
  gitlab: ['gitlabToken'],
  slack: ['slackBotToken'],
  'aws-promotion': [],
};
const values: Readonly<Partial<Record<SecretName, string>>> = {
  jiraEmail: 'jira-bot@example.com',
  gitlabSigningToken: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
};
const environmentOf = (names: readonly SecretName[]) =>
  Object.fromEntries(names.map((name) => [secretVariables[name], values[name] ?? `${name}-value`]));
const everything = configOf(exampleYaml, environmentOf(Object.keys(secretVariables) as SecretName[]));
/** No activity calls it when it is made. */
const client = {} as Client;

describe('queues', () => {
  for (const queue of queueNames) {
    it(`${queue} gets the secrets it needs and no other`, () => {
      assert.deepEqual(
        Object.keys(narrowSecrets(everything, [queue]).secrets).sort(),
        [...needed[queue]].sort(),
      );
    });

    it(`${queue} is made without the secrets of any other queue`, () => {
      const own = configOf(exampleYaml, environmentOf(needed[queue]));
      assert.deepEqual(findMissingSecrets(own, [queue]), []);
      assert.ok(Object.keys(createActivities(queue, own, client)).length > 0);
    });

    for (const secret of needed[queue])
      it(`${queue} is refused without ${secretVariables[secret]}`, () => {
        const others = (Object.keys(secretVariables) as SecretName[]).filter((name) => name !== secret);
        const config = configOf(exampleYaml, environmentOf(others));
        assert.deepEqual(
          findMissingSecrets(config, [queue]).map(({ path }) => path),
          [secretVariables[secret]],
        );
        assert.throws(
          () => createActivities(queue, config, client),
          new RegExp(`${secretVariables[secret]} is not set`),
        );
      });
  }

  it('name every missing secret at once', () => {
    const missing = findMissingSecrets(configOf(), queueNames).map(({ path }) => path);
    const all = Object.values(needed).flat();
    assert.deepEqual(missing.sort(), all.map((name) => secretVariables[name]).sort());
  });

  it('run every verb of every port, under the name that workflows call, on exactly one queue', () => {
    const made = queueNames.map((queue) => [
      queue,
      Object.keys(createActivities(queue, everything, client)).sort(),
    ]);
    const called = queueNames.map((queue) => [
      queue,
      verbs[queue === 'workflows' ? 'temporal' : queue].toSorted(),
    ]);
    assert.deepEqual(made, called);
    const names = made.flatMap(([, activities]) => activities);
    assert.equal(new Set(names).size, names.length);
  });

  it('are told apart by task queue', () =>
    assert.deepEqual(
      queueNames.map((queue) => taskQueueOf(queue, 'base')),
      ['base', 'base-jira', 'base-gitlab', 'base-slack', 'base-aws-promotion'],
    ));
});
