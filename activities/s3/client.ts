import { createFailure } from '../../workflows/shared/failures.ts';
import type { PolicyRef } from '../../workflows/shared/turn.ts';
import { unattended, type CallContext } from '../sts/aws-call.ts';
import type { RoleChain } from '../sts/role-chain.ts';
import { openBucket, type Bucket, type BucketConnection, type BucketPlace } from './bucket.ts';
import type { UploadSize } from './copy-object.ts';
import { copyToTest } from './copy-to-test.ts';
import { installerKey } from './keys.ts';
import { pinInstaller } from './pin-installer.ts';
import type { PinnedObject, S3Port } from './port.ts';
import { publishManifest } from './publish-manifest.ts';
import { publishObject } from './publish-object.ts';
import { parseTrustedKeys, type TrustedKey } from './signature.ts';

export interface ProductionAccount extends BucketPlace {
  readonly name: string;
  readonly publishRoleArn: string;
}

export interface S3Accounts {
  readonly soc: BucketPlace;
  readonly test: BucketPlace;
  readonly production: readonly ProductionAccount[];
}

export interface S3Options extends BucketConnection, Partial<UploadSize> {
  readonly accounts: S3Accounts;
  readonly roles: Pick<RoleChain, 'agentDeploy' | 'agentPublish'>;
  readonly trustedKeys: readonly TrustedKey[];
  /** Whether this worker's own configuration holds the policy that a run works under. */
  readonly allowPolicy: (ref: PolicyRef) => boolean;
}

/** A port that anybody may call, and the same port inside an activity. */
export interface S3Adapter extends S3Port {
  during(call: CallContext): S3Port;
}

/** Three copies at once, one for each production account, stay below 75 MiB. */
const defaultUpload: UploadSize = { partSize: 8 * 1024 * 1024, queueSize: 2 };

/** @throws Error when a trusted key is not an Ed25519 public key */
export function createS3Client(options: S3Options): S3Adapter {
  const keys = parseTrustedKeys(options.trustedKeys);
  const upload = {
    partSize: options.partSize ?? defaultUpload.partSize,
    queueSize: options.queueSize ?? defaultUpload.queueSize,
  };
  const { soc, test, production } = openBuckets(options);

  const during = (call: CallContext): S3Port => ({
    pinInstaller: (input) => pinInstaller(soc, keys, input, call),
    async copyToTest({ version, pinned }) {
      requirePlace('pinned', pinned, soc, version);
      return copyToTest({ soc, test, upload }, pinned, call);
    },
    async publishObject({ account, version, tested, policy }) {
      requirePolicy(options, policy);
      requirePlace('tested', tested, test, version);
      const target = requireAccount(production, account);
      return publishObject({ test, production: target, upload, version, tested }, call);
    },
    async publishManifest({ account, entry, policy, turn }) {
      requirePolicy(options, policy);
      return publishManifest(requireAccount(production, account), entry, turn.token, call);
    },
  });
  return { ...during(unattended), during };
}

interface Buckets {
  readonly soc: Bucket;
  readonly test: Bucket;
  readonly production: ReadonlyMap<string, Bucket>;
}

function openBuckets(options: S3Options): Buckets {
  const { accounts, roles } = options;
  return {
    soc: openBucket(accounts.soc, roles.agentDeploy, options),
    test: openBucket(accounts.test, roles.agentDeploy, options),
    production: new Map(
      accounts.production.map((account) => [
        account.name,
        openBucket(account, roles.agentPublish(account.publishRoleArn), options),
      ]),
    ),
  };
}

function requireAccount(production: ReadonlyMap<string, Bucket>, name: string): Bucket {
  const bucket = production.get(name);
  if (bucket) return bucket;
  const known = [...production.keys()].join(', ');
  throw createFailure('InvalidInput', `account: ${name} is not a production account: use one of ${known}`);
}

/** Another worker's configuration, or a forged input, must not write to production. */
function requirePolicy({ allowPolicy }: S3Options, ref: PolicyRef): void {
  if (allowPolicy(ref)) return;
  throw createFailure(
    'PolicyViolation',
    `policy ${ref.name} version ${ref.version} is not this worker's: start again under the policy that is in force`,
    { details: { system: 's3', action: 'write to production', found: ref.digest } },
  );
}

/** Only what was pinned in the right bucket under this version's key goes on (P-51). */
function requirePlace(field: string, object: PinnedObject, bucket: Bucket, version: string): void {
  const key = installerKey(version);
  if (object.bucket === bucket.name && object.key === key) return;
  throw createFailure('PolicyViolation', `${field}: not the installer of ${version} in ${bucket.name}`, {
    details: {
      system: 's3',
      expected: `s3://${bucket.name}/${key}`,
      found: `s3://${object.bucket}/${object.key}`,
    },
  });
}
