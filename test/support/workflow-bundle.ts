import { readFile } from 'node:fs/promises';
import type { WorkflowBundle } from '@temporalio/worker';
import { workflowBundle } from '../../worker/bundle.ts';

export { payloadConverterPath } from '../../worker/bundle.ts';

let bundle: Promise<WorkflowBundle> | undefined;

/** The workflow bundle as workers run it, also from their cache: a process that builds it anew spends three seconds. */
export function sharedBundle(): Promise<WorkflowBundle> {
  bundle ??= readBundle();
  return bundle;
}

async function readBundle(): Promise<WorkflowBundle> {
  const built = await workflowBundle();
  return 'codePath' in built ? { code: await readFile(built.codePath, 'utf8') } : built;
}
