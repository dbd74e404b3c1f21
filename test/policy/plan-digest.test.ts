import assert from 'node:assert/strict';
import { toDigestText } from '../../workflows/change-approval/plan-digest.ts';
import { normalJson } from '../../workflows/change-approval/plan-normal-form.ts';
import { isPolicyText, toPolicyText } from '../../workflows/change-approval/plan-policy-text.ts';
import { allow, policy, resourceChange, updated, type Members } from './plan-world.ts';

const plain = policy([
  allow(['s3:Get*', 's3:Put*'], { Principal: { AWS: ['a', 'b'] } }),
  allow('kms:Decrypt'),
]);

const equal: Readonly<Record<string, string>> = {
  'other blanks': plain.replaceAll(',', ' ,\n '),
  'other order of members': JSON.stringify({
    Statement: JSON.parse(plain).Statement as unknown,
    Version: '2012-10-17',
  }),
  'other order of actions': plain.replace('"s3:Get*","s3:Put*"', '"s3:Put*","s3:Get*"'),
  'an action twice': plain.replace('"s3:Get*","s3:Put*"', '"s3:Put*","s3:Get*","s3:Put*"'),
  'a list of one action': plain.replace('"kms:Decrypt"', '["kms:Decrypt"]'),
  'other order of principals': plain.replace('["a","b"]', '["b","a"]'),
  'other order of statements': policy([
    allow('kms:Decrypt'),
    allow(['s3:Get*', 's3:Put*'], { Principal: { AWS: ['a', 'b'] } }),
  ]),
  escapes: plain.replace('kms:Decrypt', 'kms\\u003aDecrypt'),
};

const different: Readonly<Record<string, string>> = {
  'another action': plain.replace('s3:Get*', 's3:*'),
  'another effect': plain.replace('Allow', 'Deny'),
  'another principal': plain.replace('"a"', '"*"'),
  'one principal for all': plain.replace('{"AWS":["a","b"]}', '"*"'),
  'another resource': plain.replace('"Resource":"*"', '"Resource":"arn"'),
  'NotAction for Action': plain.replace('"Action"', '"NotAction"'),
  'another version': plain.replace('2012-10-17', '2008-10-17'),
  'a statement less': policy([allow('kms:Decrypt')]),
  'a condition': policy([
    allow(['s3:Get*', 's3:Put*'], { Principal: { AWS: ['a', 'b'] }, Condition: { Bool: { x: 'true' } } }),
    allow('kms:Decrypt'),
  ]),
};

const ambiguous: Readonly<Record<string, string>> = {
  'a member twice': plain.replace('"Effect":"Allow"', '"Effect":"Deny","Effect":"Allow"'),
  'Statement twice': plain.replace('"Statement"', '"Statement":[],"Statement"'),
  'a number that would be rounded': '{"Statement":[{"n":9007199254740993}]}',
  'an exponent': '{"Statement":[{"n":1e400}]}',
  'deep nesting': `{"Statement":${'['.repeat(2000)}${']'.repeat(2000)}}`,
};

describe('toPolicyText', () => {
  for (const [what, text] of Object.entries(equal))
    it(`is the same with ${what}`, () => assert.equal(toPolicyText(text), toPolicyText(plain)));
  for (const [what, text] of Object.entries(different))
    it(`is another with ${what}`, () => assert.notEqual(toPolicyText(text), toPolicyText(plain)));
  for (const [what, text] of Object.entries(ambiguous))
    it(`calls nothing equal to ${what}`, () => {
      assert.equal(toPolicyText(text), undefined);
      assert.ok(isPolicyText(text));
    });
  for (const text of ['', 'x', '{', '[]', '{"a":1}', 'null', '"Statement"', '{"x":"Statement"}'])
    it(`is none of ${JSON.stringify(text)}`, () => {
      assert.equal(toPolicyText(text), undefined);
      assert.equal(isPolicyText(text), false);
    });
});

describe('normalJson', () => {
  const cases: readonly (readonly [value: unknown, text: string])[] = [
    [{ b: 1, a: { d: null, c: [{ z: 1, y: 2 }] } }, '{"a":{"c":[{"y":2,"z":1}],"d":null},"b":1}'],
    [{ b: undefined }, '{}'],
    [undefined, 'null'],
    [['b', 'a'], '["b","a"]'],
    [JSON.parse('{"b":1,"__proto__":{"d":1,"c":2}}'), '{"__proto__":{"c":2,"d":1},"b":1}'],
  ];
  for (const [value, text] of cases) it(text, () => assert.equal(normalJson(value), text));

  it('does not touch what it is given', () => {
    const value = { b: [{ d: 1, c: 2 }], a: plain };
    const before = structuredClone(value);
    normalJson(value);
    assert.deepEqual(Object.keys(value), Object.keys(before));
    assert.deepEqual(value, before);
  });
});

const base = updated(
  'aws_sqs_queue',
  { delay: 1, policy: plain },
  { delay: 2, policy: plain },
  { arn: true },
);
const digested = (item: unknown) => toDigestText('resource_changes', item);
const changed = (parts: Members): Members => ({
  ...base,
  change: { ...(base['change'] as Members), ...parts },
});

describe('toDigestText', () => {
  const same: Readonly<Record<string, unknown>> = {
    'other order of members': Object.fromEntries(Object.entries(base).reverse()),
    'a reason': { ...base, action_reason: 'replace_because_tainted' },
    'other marks of secrets': changed({ after_sensitive: { delay: true }, before_sensitive: true }),
    'generated text': changed({ generated_config: 'resource {}' }),
    'a policy written otherwise': changed({ after: { delay: 2, policy: ` ${plain}` } }),
  };
  for (const [what, item] of Object.entries(same))
    it(`stays with ${what}`, () => assert.equal(digested(item), digested(base)));

  const other: Readonly<Record<string, unknown>> = {
    'another address': { ...base, address: 'aws_sqs_queue.y' },
    'another type': { ...base, type: 'aws_sns_topic' },
    'another provider': { ...base, provider_name: 'registry.example/evil/aws' },
    'a deposed object': { ...base, deposed: '0a1b' },
    'another place before': { ...base, previous_address: 'aws_sqs_queue.z' },
    'other actions': changed({ actions: ['delete', 'create'] }),
    'another order of actions': changed({ actions: ['create', 'delete'] }),
    'another value': changed({ after: { delay: 3, policy: plain } }),
    'another value before': changed({ before: { delay: 0, policy: plain } }),
    'another type of value': changed({ after: { delay: '2', policy: plain } }),
    'another unknown': changed({ after_unknown: {} }),
    'other paths of a replace': changed({ replace_paths: [['delay']] }),
    'another import': changed({ importing: { id: 'q' } }),
  };
  it('is another for each other effect', () => {
    const texts = [base, ...Object.values(other)].map(digested);
    assert.equal(new Set(texts).size, texts.length);
  });

  it('forgets what does nothing', () => {
    for (const actions of [['no-op'], ['read']]) assert.equal(digested(changed({ actions })), null);
    assert.equal(digested(resourceChange('t', { actions: ['no-op'], importing: null })), null);
  });

  it('remembers a move and an import, without the values', () => {
    const moved = (name: string) =>
      digested(resourceChange('t', { actions: ['no-op'], after: { name } }, { previous_address: 't.y' }));
    assert.equal(moved('a'), moved('b'));
    assert.match(moved('a') ?? '', /"previous_address":"t\.y"/);
    assert.notEqual(digested(resourceChange('t', { actions: ['no-op'], importing: { id: '1' } })), null);
  });

  it('remembers what is deferred, invoked, or has no known form', () => {
    const deferred = toDigestText('deferred_changes', { reason: 'r', resource_change: base });
    assert.notEqual(
      deferred,
      toDigestText('deferred_changes', { reason: 'r', resource_change: other['a deposed object'] }),
    );
    const invoked = (value: unknown) => toDigestText('action_invocations', { config_values: { value } });
    assert.notEqual(invoked(1), invoked(2));
    assert.notEqual(digested({ a: 1 }), digested({ a: 2 }));
    assert.notEqual(digested(null), null);
  });
});
