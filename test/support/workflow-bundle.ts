import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
export const payloadConverterPath = path.join(root, 'worker/payload-converter.ts');

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The workflow bundle as workers run it, built once per test process. */
export function sharedBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: path.join(root, 'workflows/index.ts'),
    payloadConverterPath,
    logger: new DefaultLogger('WARN'),
  });
  return bundle;
}
