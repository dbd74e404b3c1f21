import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { sandboxRegion } from './sandbox-accounts.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface AwsClients {
  readonly s3: S3Client;
  readonly ec2: EC2Client;
  readonly sts: STSClient;
  readonly iam: IAMClient;
}

/** One attempt each: the sandbox is near, and tests want first answers. */
export function toClientOptions(endpoint: string, credentials: AwsCredentials) {
  return {
    endpoint,
    region: sandboxRegion,
    credentials,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 30_000 },
  };
}

/** The SDK's own clients for one set of credentials. */
export function createAwsClients(endpoint: string, credentials: AwsCredentials): AwsClients {
  const options = toClientOptions(endpoint, credentials);
  return {
    s3: new S3Client({ ...options, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    ec2: new EC2Client(options),
    sts: new STSClient(options),
    iam: new IAMClient(options),
  };
}

/**
 * Marks a client that calls the emulator without the front (and so without its request log) as one behind TLS: the
 * shipped bucket policies refuse everybody else. The front adds the same header, see forward-request.ts.
 */
export function behindTls(s3: S3Client): S3Client {
  s3.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['x-forwarded-proto'] = 'https';
      return next(args);
    },
    // After the signature: the header is the proxy's, not the caller's.
    { step: 'deserialize', name: 'behindTls' },
  );
  return s3;
}
