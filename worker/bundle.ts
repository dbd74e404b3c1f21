import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const payloadConverterPath = path.join(root, 'worker/payload-converter.ts');

/**
 * The workflow code as one bundle, kept in `.cache/` under the hash of its sources and of the SDK's version: a worker
 * starts a second faster with it. The image is built with it in place.
 */
export async function workflowBundle(cache = path.join(root, '.cache')): Promise<WorkflowBundleOption> {
  const file = path.join(cache, `workflows-${await sourceHash()}.js`);
  if (!existsSync(file)) await writeBundle(file);
  return { codePath: file };
}

/** Written aside and renamed: several workers may start at once. */
async function writeBundle(file: string): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(root, 'workflows/index.ts'),
    payloadConverterPath,
    logger: new DefaultLogger('WARN'),
  });
  await mkdir(path.dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}`;
  await writeFile(aside, code);
  await rename(aside, file);
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  const sdk = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  hash.update(sdk.version);
  const folder = path.join(root, 'workflows');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  for (const name of names) hash.update(name).update(readFileSync(path.join(folder, name)));
  return hash.update(readFileSync(payloadConverterPath)).digest('hex').slice(0, 16);
}
