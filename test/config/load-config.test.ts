import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load-config.ts';
import { loadTemporalConnection } from '../../config/temporal-connection.ts';
import { exampleWith, exampleYaml } from './example-config.ts';
import { plainSource } from './halo-config.ts';

describe('loadConfig', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'lockkeeper-config-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('reads the file, a secret file and the namespace', () => {
    const yaml = join(folder, 'lockkeeper.yaml');
    writeFileSync(yaml, exampleYaml);
    writeFileSync(join(folder, 'token'), 'glpat-1\n');
    const env = { LOCKKEEPER_GITLAB_TOKEN_FILE: join(folder, 'token'), TEMPORAL_NAMESPACE: 'security' };
    const result = loadConfig(yaml, { ...env, HOME: folder });
    assert.ok('config' in result);
    assert.equal(result.config.secrets.gitlabToken?.reveal(), 'glpat-1');
    assert.equal(result.config.temporal.namespace, 'security');
  });

  it('finds the public keys beside the file, wherever it was started', () => {
    const yaml = join(folder, 'lockkeeper.yaml');
    const decisions = (publicKeys: string) => ({
      decisions: { gatewayUrl: 'https://lockkeeper.example.com', publicKeys },
    });
    for (const [written, found] of [
      ['keys/public.json', join(folder, 'keys/public.json')],
      ['/etc/keys.json', '/etc/keys.json'],
    ] as const) {
      writeFileSync(yaml, exampleWith(decisions(written)));
      const result = loadConfig(yaml, { HOME: folder });
      assert.ok('config' in result);
      assert.equal(result.config.decisions?.publicKeys, found);
    }
  });

  it('finds a file of findings beside it, too, and hands on the warnings', () => {
    const yaml = join(folder, 'lockkeeper.yaml');
    const file = { ...plainSource, kind: 'file', path: 'findings.json', types: ['finding'] };
    writeFileSync(yaml, exampleWith({ 'processes.halo': { sources: [file] } }));
    const result = loadConfig(yaml, { HOME: folder, TIME_RANGE: '15' });
    assert.ok('config' in result);
    assert.equal(result.config.processes.halo?.sources[0]?.path, join(folder, 'findings.json'));
    assert.deepEqual(
      result.warnings.map(({ path }) => path),
      ['TIME_RANGE'],
    );
  });

  it('names the file that is missing and the secret file that is missing, both', () => {
    const result = loadConfig(join(folder, 'none.yaml'), {
      LOCKKEEPER_JIRA_EMAIL_FILE: join(folder, 'none'),
    });
    assert.ok('faults' in result);
    assert.deepEqual(
      result.faults.map(({ path }) => path),
      ['LOCKKEEPER_JIRA_EMAIL_FILE', join(folder, 'none.yaml')],
    );
  });
});

describe('loadTemporalConnection', () => {
  it('takes the standard names, and the local server without them', () => {
    const local = loadTemporalConnection({ HOME: '/nonexistent' });
    assert.deepEqual([local.address, local.namespace], ['127.0.0.1:7233', 'default']);
    const named = loadTemporalConnection({
      TEMPORAL_ADDRESS: 'a:1',
      TEMPORAL_NAMESPACE: 'n',
      TEMPORAL_API_KEY: 'k',
    });
    assert.deepEqual([named.address, named.namespace, named.connectionOptions.tls], ['a:1', 'n', true]);
  });
});
