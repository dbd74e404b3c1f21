import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workflowBundle } from '../../worker/bundle.ts';
import { workflowTypes } from '../../workflows/shared/names.ts';

describe('workflowBundle', function () {
  this.timeout(30_000);
  let cache: string;
  before(async () => void (cache = await mkdtemp(join(tmpdir(), 'lockkeeper-bundle-'))));
  after(() => rm(cache, { recursive: true }));

  const pathOf = (bundle: object) => (bundle as { codePath: string }).codePath;

  it('is built once for the same sources, whole, and read again afterwards', async () => {
    const built = pathOf(await workflowBundle(cache));
    assert.deepEqual(await readdir(cache), [built.slice(cache.length + 1)]);
    assert.match(built, /workflows-[0-9a-f]{16}\.js$/);
    const code = await readFile(built, 'utf8');
    for (const type of Object.values(workflowTypes)) assert.ok(code.includes(type), type);
    await writeFile(built, 'not built again');
    assert.equal(pathOf(await workflowBundle(cache)), built);
    assert.equal(await readFile(built, 'utf8'), 'not built again');
  });

  it('holds nothing that runs outside the sandbox', async () => {
    const code = await readFile(pathOf(await workflowBundle()), 'utf8');
    for (const foreign of [
      'node_modules/zod',
      'node_modules/@aws-sdk',
      'node_modules/jira.js',
      'node_modules/@slack',
    ])
      assert.ok(!code.includes(foreign), foreign);
  });
});
