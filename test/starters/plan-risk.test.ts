import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { NotAPlan } from '../../starters/cli/plan-risk/not-a-plan.ts';
import { readPlan } from '../../starters/cli/plan-risk/read-plan.ts';
import { created, deleted, resourceChange, updated } from '../policy/plan-world.ts';

const samples = path.resolve(import.meta.dirname, '../../samples/change/plans');
const sample = (name: string) => readFileSync(path.join(samples, `${name}.json`));
const risky = sample('risky');

const read = (bytes: Buffer | string, chunkLength = 1 << 20) => {
  const all = Buffer.from(bytes);
  const chunks = Array.from({ length: Math.ceil(all.length / chunkLength) }, (_, index) =>
    all.subarray(index * chunkLength, (index + 1) * chunkLength),
  );
  return readPlan(Readable.from(chunks), { rules: [] });
};
const plan = (changes: readonly unknown[], more: object = {}) =>
  JSON.stringify({ format_version: '1.2', terraform_version: '1.14.3', resource_changes: changes, ...more });
const utf16 = (text: string, isBig: boolean) => {
  const bytes = Buffer.from(text, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};

describe('readPlan', () => {
  it('reports the samples', async () => {
    const of = async (name: string) => {
      const { risky: isRisky, reasons } = await readPlan(path.join(samples, `${name}.json`), { rules: [] });
      return [isRisky, reasons.map(({ rule }) => rule)];
    };
    assert.deepEqual(await of('safe'), [false, []]);
    assert.deepEqual(await of('no-changes'), [false, []]);
    assert.deepEqual(await of('deferred'), [true, ['deferred', 'deferred']]);
    assert.deepEqual(await of('risky'), [
      true,
      ['delete', 'iam', 'attach', 'policy-attribute', 'delete', 'security-group'],
    ]);
  });

  it('reports the digest of the file as it is, versions and counts', async () => {
    const packed = gzipSync(risky);
    assert.partialDeepStrictEqual(await read(packed), {
      fileDigest: createHash('sha256').update(packed).digest('hex'),
      formatVersion: '1.2',
      terraformVersion: '1.14.3',
      counts: { create: 1, update: 3, delete: 1, replace: 1, other: 0, unchanged: 0 },
      moreReasons: 0,
    });
  });

  const text = risky
    .toString('utf8')
    .replace('aws_launch_template.web', 'aws_launch_template.web[\\"größe 🗝\\"]');
  const mark = '\ufeff';
  const encodings: Readonly<Record<string, Buffer>> = {
    'UTF-8 with a byte order mark': Buffer.from(mark + text),
    'UTF-16 LE with one': utf16(mark + text, false),
    'UTF-16 LE without': utf16(text, false),
    'UTF-16 BE with one': utf16(mark + text, true),
    'UTF-16 BE without': utf16(text, true),
    'UTF-16 LE after an empty line': utf16(`\r\n${text}\r\n`, false),
    gzip: gzipSync(text),
    'gzip of UTF-16': gzipSync(utf16(mark + text, false)),
    'two gzip members': Buffer.concat([gzipSync(text.slice(0, 900)), gzipSync(text.slice(900))]),
  };
  for (const [name, bytes] of Object.entries(encodings))
    it(`reads ${name}, whole and byte by byte`, async () => {
      const { fileDigest, ...expected } = await read(text);
      for (const length of [1 << 20, 1, 7]) {
        const { fileDigest: other, ...found } = await read(bytes, length);
        assert.deepEqual(found, expected);
        assert.notEqual(other, fileDigest);
      }
    });

  for (const version of ['0.1', '0.2', '1.0', '1.1', '1.2', '1.99'])
    it(`reads format ${version}`, async () => {
      const bytes = plan([deleted('aws_instance')], {
        format_version: version,
        terraform_version: undefined,
      });
      assert.partialDeepStrictEqual(await read(bytes), {
        formatVersion: version,
        terraformVersion: null,
        risky: true,
      });
    });

  it('finds resource_changes wherever it stands, and nowhere else', async () => {
    const decoy = { resource_changes: [deleted('aws_instance')] };
    const bytes = JSON.stringify({
      ...{
        configuration: decoy,
        prior_state: { text: '"resource_changes":[{' },
        resource_drift: decoy.resource_changes,
      },
      ...{ output_changes: { x: { actions: ['delete'] } }, planned_values: [decoy], timestamp: 'x' },
      ...{ resource_changes: [created('aws_instance', {})], format_version: '1.0', errored: false },
    });
    const { counts, risky: isRisky } = await read(bytes, 3);
    assert.deepEqual([isRisky, counts.create, counts.delete], [false, 1, 0]);
    const escaped = bytes.replace('"resource_changes":[{"address"', '"resource\\u005fchanges":[{"address"');
    assert.equal((await read(bytes)).digest, (await read(escaped)).digest);
  });

  it('judges what the plan says of itself', async () => {
    const rules = async (more: object) => (await read(plan([], more))).reasons.map(({ rule }) => rule);
    assert.deepEqual(await rules({ errored: true }), ['errored']);
    assert.deepEqual(await rules({ errored: false, complete: false }), ['deferred']);
    assert.deepEqual(await rules({ resource_changes: null, errored: false, applyable: false }), []);
    const deferred = [{ reason: 'absent_prereq', resource_change: created('t', {}) }];
    assert.deepEqual(await rules({ deferred_changes: deferred }), ['deferred']);
  });

  it('applies rules of the installation, to actions of providers too', async () => {
    const rules = [{ id: 'own', types: ['aws_lambda_*'], reason: 'ask us' }];
    const invoked = [{ address: 'action.aws_lambda_invoke.x', type: 'aws_lambda_invoke' }];
    const bytes = plan([created('aws_lambda_function', {})], { action_invocations: invoked });
    const { reasons } = await readPlan(Readable.from([bytes]), { rules });
    const found = reasons.map(({ rule, address }) => `${rule} ${address}`);
    assert.deepEqual(found, ['own aws_lambda_function.x', 'own action.aws_lambda_invoke.x']);
  });

  it('keeps a hundred reasons and counts the others', async () => {
    const { reasons, moreReasons } = await read(
      plan(Array(150).fill(deleted('aws_iam_role')), { errored: true }),
    );
    assert.deepEqual([reasons.length, moreReasons], [100, 201]);
    assert.equal(reasons[0]?.rule, 'errored');
  });
});

describe('the digest of a plan', () => {
  const changes = [
    updated('a', { n: 1 }, { n: 2 }),
    deleted('b'),
    resourceChange('c', { actions: ['no-op'] }),
  ];
  const digest = async (bytes: string) => (await read(bytes)).digest;

  it('stays for an equal re-plan: other times, order, versions, state and drift', async () => {
    const again = plan([...changes].reverse(), {
      ...{ terraform_version: '1.15.0', format_version: '1.3', timestamp: '2026-11-05T00:00:00Z' },
      ...{ resource_drift: [deleted('d')], prior_state: {}, output_changes: {} },
    });
    assert.equal(await digest(again), await digest(plan(changes)));
    assert.equal(await digest(JSON.stringify(JSON.parse(again), null, 4)), await digest(plan(changes)));
  });

  it('is another for any other effect', async () => {
    const others = [
      plan(changes),
      plan(changes.slice(1)),
      plan([...changes, changes[0]]),
      plan(changes, { errored: true }),
      plan(changes, { complete: false }),
      plan(changes, { deferred_changes: [{ reason: 'x', resource_change: changes[0] }] }),
      plan(changes, { action_invocations: [{ type: 'x' }] }),
      plan(changes).replace('"n":2', '"n":9007199254740993'),
      plan(changes).replace('"n":2', '"n":9007199254740992'),
      plan(changes).replace('"n":2', '"n":0.1000000000000000055511151231257827'),
      plan(changes).replace('"n":2', '"n":0.1'),
    ];
    const digests = await Promise.all(others.map(digest));
    assert.equal(new Set(digests).size, others.length);
  });
});

describe('what is not a plan', () => {
  const state = { format_version: '1.0', values: {} };
  const cases: Readonly<Record<string, readonly [bytes: Buffer | string, message: RegExp]>> = {
    nothing: ['', /it is empty/],
    blanks: [' \r\n\t', /it is empty/],
    'a saved plan': ['PK\u0003\u0004\u0014\u0000', /saved plan in Terraform’s own format/],
    'output of the setup-terraform wrapper': [
      `[command]/x/terraform-bin show -json\n${risky.toString()}`,
      /wrapper/,
    ],
    'a line behind the plan': [`${risky.toString()}::debug::exitcode: 0`, /something follows/],
    'a plan for people': ['Terraform will perform the following actions:', /a plan for people/],
    'the log of a plan': ['{"@level":"info"}\n{"@level":"info"}', /log of `terraform plan -json`/],
    'a state as JSON': [JSON.stringify(state), /it is a state/],
    'a state file': ['{"version":4,"lineage":"x","resources":[]}', /state file/],
    schemas: ['{"format_version":"1.0","provider_schemas":{}}', /schemas/],
    'another JSON object': ['{"name":"lockkeeper"}', /no format_version/],
    'only a format': ['{"format_version":"1.0"}', /neither resource_changes nor planned_values/],
    'an array': ['[{}]', /JSON array/],
    'a text': ['"x"', /no JSON object/],
    XML: ['<plan/>', /no JSON object/],
    'format 2.0': [plan([], { format_version: '2.0' }), /neither 0\.x nor 1\.x/],
    'format 10.0': [plan([], { format_version: '10.0' }), /neither 0\.x nor 1\.x/],
    'a numeric format': [plan([], { format_version: 1 }), /no format_version/],
    'changes that are no array': [plan([], { resource_changes: {} }), /resource_changes is not an array/],
    'a plan cut off in a text': [risky.subarray(0, 2000), /cut off/],
    'a plan cut off at its end': [plan([]).slice(0, -1), /cut off/],
    'changes twice': [plan([deleted('t')]).replace('}]', '}],"resource_changes":[]'), /one member twice/],
    'a change that is no JSON': [plan([]).replace('[]', '[{"x":hunter2}]'), /not well-formed JSON/],
    'a missing comma': [plan([]).replace('[]', '[{} {}]'), /not well-formed JSON/],
    'a comma too many': [plan([]).replace('[]', '[{},]'), /not well-formed JSON/],
    'a missing colon': [plan([]).replace('"format_version":', '"format_version"'), /not well-formed JSON/],
    'nesting without end': [plan([]).replace('[]', '['.repeat(300)), /nested deeper/],
    'broken UTF-8': [Buffer.from(plan([deleted('t')]).replace('"t"', '"\u00ff"'), 'latin1'), /well-formed/],
    'broken UTF-16': [utf16(`\ufeff${plan([deleted('t')])}`, false).subarray(0, -1), /well-formed UTF-16/],
    'broken gzip': [gzipSync(risky).fill(0, 100, 200), /gzip data is damaged/],
    'half a gzip file': [gzipSync(risky).subarray(0, 500), /gzip data is damaged or cut off/],
  };
  for (const [what, [bytes, message]] of Object.entries(cases))
    it(`${what}: ${message.source}`, async () => {
      const isSo = (error: unknown) =>
        error instanceof NotAPlan && message.test(error.message) && !/hunter2|lockkeeper/.test(error.message);
      for (const length of [1 << 20, 1]) await assert.rejects(read(bytes, length), isSo);
    });

  it('is one resource of more than 32 MB', async () => {
    const large = plan([created('t', { text: 'x'.repeat(33 * 1024 * 1024) })]);
    await assert.rejects(read(large, 1 << 20), /more than 32 MB/);
  });
});
