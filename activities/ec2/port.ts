import type { PinnedObject } from '../s3/port.ts';
import type { Turn } from '../../workflows/shared/turn.ts';

export interface TestInstance {
  readonly instanceId: string;
  readonly accountId: string;
  /** Key of the write-once result in the test bucket, under `results/`. */
  readonly resultKey: string;
  readonly adopted: boolean;
}

export type TestStep = 'boot' | 'download' | 'checksum' | 'install' | 'service' | 'version';

/** What the instance reported: hostile text, redacted and bounded before it gets here. */
export type TestResult =
  | { readonly verdict: 'passed'; readonly reportedVersion: string }
  | {
      readonly verdict: 'failed';
      readonly step: TestStep;
      /** At most 500 characters. */
      readonly detail: string;
      readonly reportedVersion: string | null;
      /** Where the console output was kept, `s3://…`; null when there was none. */
      readonly consoleOutput: string | null;
    };

export interface OwnInstance {
  readonly instanceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly launchedAt: string;
  readonly state: string;
}

/** What a promotion needs of EC2, in the test account. */
export interface Ec2Port {
  /** At most one instance per key. URLs and user data never leave this call. */
  launchTestInstance(input: {
    key: string;
    /** Made by the workflow, random: binds the result to this launch. */
    nonce: string;
    version: string;
    tested: PinnedObject;
    workflowId: string;
    runId: string;
    /** ISO 8601 UTC; the URLs expire and the instance powers off by then. */
    deadline: string;
    turn: Turn;
  }): Promise<TestInstance>;
  /** Waits until a result is there, the instance ended without one, or the deadline passed. Heartbeats. */
  awaitTestResult(input: {
    key: string;
    nonce: string;
    version: string;
    instance: TestInstance;
    deadline: string;
  }): Promise<TestResult>;
  /** Terminates and waits until EC2 says so. Gone already is success. */
  terminateInstance(input: { instanceId: string }): Promise<void>;
  /** Everything launched for this key that still lives: the second net when a launch's answer was lost. */
  terminateByKey(input: { key: string }): Promise<{ instanceIds: readonly string[] }>;
  /** Live instances of this deployment, for instance-sweep. */
  listOwnInstances(): Promise<readonly OwnInstance[]>;
}
