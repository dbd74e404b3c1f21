import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { OutsideCaller } from '../outside-call.ts';
import type { AwsConnection } from '../sts/aws-connection.ts';
import type { Sent } from './sdk/command.ts';

export interface CaseSystemOptions extends AwsConnection {
  /** STS, which says who we are; the sandbox has an address of its own for it. */
  readonly stsEndpoint?: string;
  /** Default: the SDK's own chain. */
  readonly credentials?: NonNullable<STSClientConfig['credentials']>;
  readonly callsPerSecond: number;
}

/** What each part of the adapter works with. */
export interface OpenCases {
  send<Input extends object, Output extends object>(
    action: string,
    command: Sent<Input, Output>,
  ): Promise<Output>;
  /** For presigned URLs, by fetch. */
  readonly call: OutsideCaller;
}
