import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { createKey } from '../../activities/decisions/key-sets.ts';
import { secretVariables, type SecretName } from '../../config/secrets.ts';
import {
  areOff,
  createActivities,
  findMissingSecrets,
  narrowSecrets,
  queueNames,
  taskQueueOf,
  type QueueName,
} from '../../worker/queues.ts';
import { sound } from '../config/change-config.ts';
import { configOf, exampleWith, exampleYaml } from '../config/example-config.ts';
import { plainSource } from '../config/halo-config.ts';
import { plainConnection } from '../config/incident-config.ts';
import { fullAudit, sound as withAudit } from '../config/secret-config.ts';
import { verbs } from '../support/stub-activities.ts';

const needed: Readonly<Record<QueueName, readonly SecretName[]>> = {
  workflows: [],
  jira: ['jiraEmail', 'jiraApiToken'],
  gitlab: ['gitlabToken'],
  slack: ['slackBotToken'],
  'aws-promotion': [],
  health: [],
  halo: ['haloKey', 'haloSecret', 'jiraEmail', 'jiraApiToken'],
  'aws-incident': ['jiraEmail', 'jiraApiToken'],
  'aws-audit': ['jiraEmail', 'jiraApiToken'],
};
/** Taken where it is set. */
const welcome: Readonly<Partial<Record<QueueName, readonly SecretName[]>>> = {
  gitlab: ['gitlabChangesToken'],
};
const values: Readonly<Partial<Record<SecretName, string>>> = {
  jiraEmail: 'jira-bot@example.com',
  gitlabSigningToken: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  decisionKeys: JSON.stringify({ keys: [createKey('gateway', new Date(0))] }),
  jiraAttestationKeys: JSON.stringify({ keys: [createKey('jira', new Date(0))] }),
};
const environmentOf = (names: readonly SecretName[]) =>
  Object.fromEntries(names.map((name) => [secretVariables[name], values[name] ?? `${name}-value`]));
const everySecret = environmentOf(Object.keys(secretVariables) as SecretName[]);
/** The queues of findings and of incidents have work and secrets only with a source, and with a connection. */
const mirrors = {
  'processes.halo': { sources: [plainSource] },
  'processes.incidents': { connections: [{ ...plainConnection, issueType: 'Incident' }] },
};
const withSource = exampleWith(mirrors);
const everything = configOf(withSource, everySecret);
/** Secrets are audited where people decide, and deciding needs a key: that process has a file of its own. */
const withSecrets = exampleWith(withAudit);
const yamlOf = (queue: QueueName) => (queue === 'aws-audit' ? withSecrets : withSource);
/** With every process on. */
const withChanges = configOf(
  exampleWith({
    ...sound,
    ...mirrors,
    'processes.secrets': { ...fullAudit, finding: { question: 'change', approval: 'change' } },
  }),
  everySecret,
);
/** No activity calls it when it is made. */
const client = {} as Client;

describe('queues', () => {
  for (const queue of queueNames) {
    it(`${queue} gets the secrets it needs and no other`, () => {
      assert.deepEqual(
        Object.keys(narrowSecrets(configOf(yamlOf(queue), everySecret), [queue]).secrets).sort(),
        [...needed[queue], ...(welcome[queue] ?? [])].sort(),
      );
    });

    it(`${queue} is made without the secrets of any other queue`, () => {
      const own = configOf(yamlOf(queue), environmentOf(needed[queue]));
      assert.deepEqual(findMissingSecrets(own, [queue]), []);
      assert.ok(Object.keys(createActivities(queue, own, client)).length > 0);
    });

    for (const secret of needed[queue])
      it(`${queue} is refused without ${secretVariables[secret]}`, () => {
        const others = (Object.keys(secretVariables) as SecretName[]).filter((name) => name !== secret);
        const config = configOf(yamlOf(queue), environmentOf(others));
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
    const missing = findMissingSecrets(configOf(withSource), queueNames).map(({ path }) => path);
    const all = new Set(Object.values(needed).flat());
    assert.deepEqual(missing.sort(), [...all].map((name) => secretVariables[name]).sort());
  });

  it('run every verb of every port, under the name that workflows call, on exactly one queue', () => {
    const made = queueNames.map((queue) => [
      queue,
      Object.keys(createActivities(queue, withChanges, client)).sort(),
    ]);
    const called = queueNames.map((queue) => [
      queue,
      (queue === 'workflows' ? [...verbs.temporal, ...verbs.decisions] : verbs[queue]).toSorted(),
    ]);
    assert.deepEqual(made, called);
    const names = made.flatMap(([, activities]) => activities);
    assert.equal(new Set(names).size, names.length);
  });

  it('give the key that attests decisions to the queue of Jira alone, as soon as people decide', () => {
    const decisions = { gatewayUrl: 'https://lockkeeper.example.com', publicKeys: 'keys.json' };
    const yaml = exampleWith({ decisions, ...mirrors });
    const config = configOf(yaml, everySecret);
    for (const queue of queueNames) {
      const { secrets } = narrowSecrets(config, [queue]);
      assert.equal('jiraAttestationKeys' in secrets, queue === 'jira', queue);
      assert.ok(!('decisionKeys' in secrets), queue);
      assert.equal(Object.keys(createActivities(queue, config, client)).length > 0, queue !== 'aws-audit');
    }
    const missing = findMissingSecrets(configOf(yaml, environmentOf(needed.jira)), ['jira']);
    assert.deepEqual(
      missing.map(({ path }) => path),
      ['LOCKKEEPER_JIRA_ATTESTATION_KEYS'],
    );
  });

  it('of incidents need and get no secret while the process is off, and have nothing to do', () => {
    const off = configOf(exampleYaml, everySecret);
    assert.deepEqual(narrowSecrets(off, ['aws-incident']).secrets, {});
    assert.deepEqual(createActivities('aws-incident', off, client), {});
    assert.deepEqual([areOff(off, ['aws-incident']), areOff(everything, ['aws-incident'])], [true, false]);
  });

  it('of secrets need and get no secret while the process is off, and have nothing to do', () => {
    const off = configOf(exampleYaml, everySecret);
    assert.deepEqual(narrowSecrets(off, ['aws-audit']).secrets, {});
    assert.deepEqual(createActivities('aws-audit', off, client), {});
    assert.deepEqual([areOff(off, ['aws-audit']), areOff(withChanges, ['aws-audit'])], [true, false]);
  });

  describe('of findings', () => {
    const file = { ...plainSource, kind: 'file', path: 'findings.json', types: ['sast'] };
    const secretsFor = (sources: readonly object[]) =>
      findMissingSecrets(configOf(exampleWith({ 'processes.halo': { sources } })), ['halo']).map(
        ({ path }) => path,
      );

    it('need and get no secret while the process is off, and have nothing to do', () => {
      const off = configOf(exampleYaml, everySecret);
      assert.deepEqual(findMissingSecrets(configOf(), ['halo']), []);
      assert.deepEqual(narrowSecrets(off, ['halo']).secrets, {});
      assert.deepEqual(createActivities('halo', off, client), {});
      assert.deepEqual([areOff(off, ['halo']), areOff(off, ['halo', 'jira'])], [true, false]);
      assert.equal(areOff(everything, ['halo']), false);
    });

    it('need Halo’s key only where Halo is asked', () => {
      const jira = ['LOCKKEEPER_JIRA_EMAIL', 'LOCKKEEPER_JIRA_API_TOKEN'];
      assert.deepEqual(secretsFor([file]), jira);
      const both = [...jira, 'HALO_API_KEY', 'HALO_API_SECRET_KEY'];
      assert.deepEqual(secretsFor([{ ...file, name: 'file' }, plainSource]), both);
    });
  });

  it('are told apart by task queue', () =>
    assert.deepEqual(
      queueNames.map((queue) => taskQueueOf(queue, 'base')),
      [
        '',
        '-jira',
        '-gitlab',
        '-slack',
        '-aws-promotion',
        '-health',
        '-halo',
        '-aws-incident',
        '-aws-audit',
      ].map((queue) => `base${queue}`),
    ));
});
