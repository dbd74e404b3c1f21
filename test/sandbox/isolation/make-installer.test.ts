import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { installerVariants, makeInstaller } from '../../../samples/installers/make-installer.ts';

const hasRightSyntax = (script: string) => spawnSync('bash', ['-n'], { input: script }).status === 0;

describe('makeInstaller', () => {
  for (const variant of installerVariants)
    it(`${variant} is ${variant === 'syntax-error' ? 'no' : 'a'} valid script`, () => {
      assert.equal(hasRightSyntax(makeInstaller({ version: '1.2.3', variant })), variant !== 'syntax-error');
    });

  it('makes the same bytes for the same version, others for another', () => {
    const [one, again, other] = ['1.2.3', '1.2.3', '1.2.4'].map((version) => makeInstaller({ version }));
    assert.equal(one, again);
    assert.notEqual(one, other);
  });

  it('refuses what is no version', () => {
    for (const version of ["1.2.3'; reboot; '", 'v1.2.3', '1.2', '1.2.3\n'])
      assert.throws(() => makeInstaller({ version }), /version: x\.x\.x is needed/);
  });
});
