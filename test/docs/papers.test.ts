import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as bundle from '../../worker/bundle.ts';
import { createFailure, finalFailures, nextStep, retriedFailures } from '../../workflows/shared/failures.ts';
import { root } from './compose-file.ts';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('Dockerfile', () => {
  const lines = read('Dockerfile').replaceAll('\\\n', ' ').split('\n');
  const all = (instruction: string) => lines.filter((line) => line.startsWith(`${instruction} `));
  const copied = all('COPY').flatMap((line) => line.split(' ').slice(1, -1));

  it('has two stages on the Node that the tests run on', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
    const image = `node:${devDependencies.node}-bookworm-slim`;
    assert.deepEqual(all('FROM'), [`FROM ${image} AS build`, `FROM ${image}`]);
  });

  it('holds production packages and our own folders, and nothing of the sandbox', () => {
    assert.ok(all('RUN').some((line) => line.includes('npm ci --omit=dev')));
    const folders = ['activities', 'config', 'starters', 'worker', 'workflows'];
    const own = ['package.json', 'package-lock.json', ...folders, '--from=build', '/app'];
    assert.deepEqual(copied.sort(), own.sort());
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    const named = allowed.map((line) => line.slice(1)).sort();
    assert.deepEqual(named, ['package.json', 'package-lock.json', ...folders].sort());
    assert.ok(read('.dockerignore').includes('\n*\n'));
  });

  it('builds the bundle in advance by a function that exists', () => {
    const build = all('RUN').find((line) => line.includes('worker/bundle.ts')) ?? '';
    const [, name = ''] = /import \{ (\w+) \}/.exec(build) ?? [];
    assert.equal(typeof bundle[name as keyof typeof bundle], 'function');
  });

  it('runs as an ordinary user, says how it is, and starts the worker', () => {
    assert.deepEqual(all('USER'), ['USER node']);
    assert.ok(lines.indexOf('USER node') > lines.findLastIndex((line) => line.startsWith('COPY ')));
    assert.match(all('HEALTHCHECK')[0] ?? '', /9090\/readyz/);
    const [command = ''] = all('CMD');
    assert.match(
      command,
      /^CMD \["node", "--max-semi-space-size=2", "worker\/main\.ts", "--health-port", "9090"\]$/,
    );
  });
});

describe('deploy/gitlab/.gitlab-ci.yml', () => {
  it('has one bounded job behind a resource group, for pipelines of Lockkeeper only', () => {
    const ci = parse(read('deploy/gitlab/.gitlab-ci.yml')) as Record<string, Record<string, unknown>>;
    const { workflow, stages, ...jobs } = ci;
    const example = parse(read('lockkeeper.example.yaml')) as { gitlab: { verifyJob: string } };
    assert.deepEqual(Object.keys(jobs), [example.gitlab.verifyJob]);
    const [job] = Object.values(jobs);
    assert.deepEqual(stages, [job?.['stage']]);
    assert.ok(job?.['resource_group'] && job['timeout']);
    assert.deepEqual(workflow?.['rules'], [{ if: '$LOCKKEEPER_RUN' }]);
    const [script] = job['script'] as string[];
    assert.ok(existsSync(path.join(root, 'deploy/gitlab', (script ?? '').replace('bash ', ''))));
  });
});

describe('docs/decisions', () => {
  const files = readdirSync(path.join(root, 'docs/decisions')).sort();
  const texts = new Map(files.map((file) => [file, read(`docs/decisions/${file}`)]));
  const open = ['P-6', 'P-21', 'P-33', 'P-39', 'P-55', 'P-63', 'P-64', 'P-65', 'P-43'];

  for (const question of open)
    it(`answer ${question}`, () => {
      const named = new RegExp(`^Status: accepted · Answers: .*\\b${question}\\b`, 'm');
      assert.ok([...texts.values()].some((text) => named.test(text)));
    });

  it('are numbered without gaps and short, each with context, decision and consequences', () => {
    for (const [index, file] of files.entries()) {
      assert.ok(file.startsWith(`${String(index + 1).padStart(4, '0')}-`), file);
      const text = texts.get(file) ?? '';
      assert.ok(text.startsWith(`# ${index + 1}. `), file);
      assert.deepEqual(text.match(/^## .*/gm), ['## Context', '## Decision', '## Consequences'], file);
      assert.ok(text.trimEnd().split('\n').length <= 30, file);
    }
  });
});

describe('the other papers', () => {
  it('docs/operations.md gives the next step of each failure', () => {
    const operations = flat(read('docs/operations.md'));
    for (const type of [...finalFailures, ...retriedFailures])
      assert.match(
        operations,
        new RegExp(`\`${createFailure(type, '').type}\`.*${RegExp.escape(nextStep(type))}`),
      );
  });

  it('docs/jira-workflow.md lists the six statuses and the eight transitions', () => {
    const rows = read('docs/jira-workflow.md').match(/^\| (\w[\w ]*?) +\| (\w[\w ]*?) +\| /gm) ?? [];
    const moves = rows.map((row) =>
      row
        .split('|')
        .slice(1, 3)
        .map((cell) => cell.trim())
        .join(' → '),
    );
    const expected =
      'ToDo → Info Needed, ToDo → In Progress, In Progress → Done, In Progress → Failed, Info Needed → ToDo, Info Needed → Canceled, Failed → ToDo, Failed → Canceled';
    assert.deepEqual(moves.filter((move) => expected.includes(move)).sort(), expected.split(', ').sort());
  });

  it('LICENSE is the Apache License 2.0, as package.json says', () => {
    const { license } = JSON.parse(read('package.json')) as { license: string };
    assert.equal(license, 'Apache-2.0');
    assert.match(
      flat(read('LICENSE')),
      /Apache License Version 2\.0, January 2004.*END OF TERMS AND CONDITIONS/,
    );
  });

  it('CHANGELOG.md keeps the form of Keep a Changelog', () => {
    const sections = read('CHANGELOG.md').match(/^##+ .*/gm) ?? [];
    for (const section of sections)
      assert.match(
        section,
        /^## \[(Unreleased|\d+\.\d+\.\d+)\]( - \d{4}-\d\d-\d\d)?$|^### (Added|Changed|Deprecated|Removed|Fixed|Security)$/,
      );
    assert.equal(sections[0], '## [Unreleased]');
  });

  it('ARCHITECTURE.md is one page, non-goals first', () => {
    const text = read('ARCHITECTURE.md');
    assert.match(text, /^# Architecture\n\n## Non-goals\n/);
    assert.ok(text.split('\n').length <= 80);
  });
});
