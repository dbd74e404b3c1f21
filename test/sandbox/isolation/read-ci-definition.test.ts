import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCiDefinition } from '../../../sandbox/gitlab/read-ci-definition.ts';

describe('readCiDefinition', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'ci-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function read(text: string) {
    const file = path.join(folder, '.gitlab-ci.yml');
    writeFileSync(file, text);
    return readCiDefinition(file);
  }

  it('reads the shipped file', () => {
    const file = path.resolve(import.meta.dirname, '../../../deploy/gitlab/.gitlab-ci.yml');
    const job = { name: 'verify-installer', stage: 'verify', script: 'bash verify-installer.sh' };
    assert.deepEqual(readCiDefinition(file), {
      workflowName: 'Agent installer $AGENT_VERSION',
      jobs: [{ ...job, resourceGroup: 'agent-promotion', timeoutSeconds: 600 }],
    });
  });

  it('fills in the defaults of GitLab and leaves hidden jobs out', () => {
    const { jobs } = read('stages: [a]\n.hidden: {script: x}\nbuild:\n  script: [one, two]\n');
    assert.deepEqual(jobs, [{ name: 'build', stage: 'test', script: 'one\ntwo', timeoutSeconds: 3600 }]);
  });

  const durations: Record<string, number> = {
    '90s': 90,
    '10 minutes': 600,
    '1h 30m': 5400,
    '1 hour 5 sec': 3605,
  };
  for (const [text, seconds] of Object.entries(durations))
    it(`reads the timeout ${text}`, () => {
      assert.equal(read(`build: {script: x, timeout: '${text}'}`).jobs[0]?.timeoutSeconds, seconds);
    });

  const faults: Record<string, [text: string, message: RegExp]> = {
    'no job': ['stages: [a]', /there is no job/],
    'a job without a script': ['build: {stage: a}', /job build: [^]*script/],
    'an unreadable timeout': [
      'build: {script: x, timeout: soon}',
      /job build: timeout "soon" is no duration/,
    ],
  };
  for (const [name, [text, message]] of Object.entries(faults))
    it(`refuses ${name}`, () => {
      assert.throws(() => read(text), message);
    });
});
