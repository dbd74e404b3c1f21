import assert from 'node:assert/strict';
import {
  changeKeys,
  createKey,
  type KeyHolder,
  type KeySets,
} from '../../../activities/decisions/key-sets.ts';
import { parsePrivateKeys, parsePublicKeys, signingKeyOf } from '../../../config/signing-keys.ts';

const nothing: KeySets = { private: { gateway: [], jira: [] }, public: [] };
const now = new Date('2026-11-22T12:00:00Z');
const create = (holder: KeyHolder) => createKey(holder, now);
const rotateAt = now.toISOString();
const first = changeKeys(nothing, {}, create);
const [gateway] = first.private.gateway;
const [jira] = first.private.jira;

describe('changeKeys', () => {
  it('makes a key for each, which may speak for what its holder knows', () => {
    assert.deepEqual(gateway?.lk_via, ['slack', 'cli']);
    assert.deepEqual(jira?.lk_via, ['jira']);
    assert.deepEqual(
      first.public.map(({ kid }) => kid),
      [gateway?.kid, jira?.kid],
    );
  });

  it('is done when it is done', () => assert.deepEqual(changeKeys(first, {}, assert.fail), first));

  it('never shows a private member', () => {
    assert.ok(first.public.every((key) => !('d' in key)));
    assert.deepEqual(parsePublicKeys(JSON.stringify({ keys: first.public })), first.public);
    assert.deepEqual(
      parsePrivateKeys(JSON.stringify({ keys: first.private.gateway })),
      first.private.gateway,
    );
  });

  it('replaces every key, and keeps the public ones with their end', () => {
    const next = changeKeys(first, { rotateAt }, create);
    assert.equal(next.public.length, 4);
    assert.deepEqual(
      next.public.map(({ lk_not_after }) => lk_not_after),
      [rotateAt, rotateAt, undefined, undefined],
    );
    assert.notEqual(next.private.gateway[0]?.kid, gateway?.kid);
    assert.equal(next.private.gateway.length, 1);
  });

  it('does not move the end of a key that was replaced before', () => {
    const later = '2027-01-01T00:00:00.000Z';
    const next = changeKeys(changeKeys(first, { rotateAt }, create), { rotateAt: later }, create);
    assert.deepEqual(
      next.public.slice(0, 4).map(({ lk_not_after }) => lk_not_after),
      [rotateAt, rotateAt, later, later],
    );
  });

  it('revokes one key and makes its holder another', () => {
    const next = changeKeys(first, { revoke: jira?.kid ?? '' }, create);
    assert.deepEqual(next.private.gateway, first.private.gateway);
    assert.notEqual(next.private.jira[0]?.kid, jira?.kid);
    assert.deepEqual(
      next.public.map(({ lk_revoked }) => lk_revoked),
      [undefined, true, undefined],
    );
  });

  it('writes a public file that was lost again', () =>
    assert.deepEqual(changeKeys({ ...first, public: [] }, {}, assert.fail).public, first.public));
});

describe('signingKeyOf', () => {
  it('is the last of its set that stands and may speak for it', () => {
    const newer = create('gateway');
    const keys = [gateway!, newer];
    assert.equal(signingKeyOf(keys), newer);
    assert.equal(signingKeyOf([gateway!, { ...newer, lk_not_after: rotateAt }]), gateway);
    assert.equal(signingKeyOf([gateway!, { ...newer, lk_revoked: true }], 'cli'), gateway);
    assert.equal(signingKeyOf(keys, 'jira'), undefined);
  });
});
