import assert from 'node:assert/strict';
import { nearestName } from '../../config/nearest-name.ts';

const known = ['ref', 'project', 'baseUrl', 'verifyJob', 'promotion'];

describe('nearestName', () => {
  for (const [name, expected] of [
    ['reff', 'ref'],
    ['baseurl', 'baseUrl'],
    ['porject', 'project'],
    ['verify', 'verifyJob'],
    ['promo', 'promotion'],
    ['something', undefined],
  ] as const)
    it(`${name} → ${expected ?? 'none'}`, () => assert.equal(nearestName(name, known), expected));
});
