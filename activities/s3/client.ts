import { createFailure } from '../../workflows/shared/failures.ts';
import type { CheckPermission, Execution } from '../decisions/permission.ts';
import type { CallContext } from '../sts/aws-call.ts';
import type { RoleChain } from '../sts/role-chain.ts';
import { openBucket, type Bucket, type BucketConnection, type BucketPlace } from './bucket.ts';
import type { UploadSize } from './copy-object.ts';
import { copyToTest } from './copy-to-test.ts';
import { findDrift } from './find-drift.ts';
import { installerKey } from './keys.ts';
import { requireOwnEntry } from './own-entry.ts';
import { pinInstaller } from './pin-installer.ts';
import type { PinnedObject, S3Port } from './port.ts';
import { publishManifest } from './publish-manifest.ts';
import { publishObject } from './publish-object.ts';
import { readAccount } from './read-account.ts';
import { rollBackManifest } from './roll-back-manifest.ts';
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
  /** The guard of production: asked before the first call of every write there. @throws PolicyViolation */
  readonly checkPermission: CheckPermission;
}

export interface S3Adapter {
  /** @param execution the run that asks, as Temporal says; never what an input claims */
  during(call: CallContext, execution: Execution): S3Port;
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

  const { checkPermission } = options;

  const during = (call: CallContext, execution: Execution): S3Port => ({
    pinInstaller: (input) => pinInstaller(soc, keys, input, call),
    async copyToTest({ version, pinned }) {
      requirePlace('pinned', pinned, soc, version);
      return copyToTest({ soc, test, upload }, pinned, call);
    },
    async publishObject({ account, version, tested, permission }) {
      const target = requireAccount(production, account);
      requirePlace('tested', tested, test, version);
      const { sha256, size } = tested;
      await checkPermission({ kind: 'publish', account, version, sha256, size }, permission, execution);
      return publishObject({ test, production: target, upload, version, tested }, call);
    },
    async publishManifest({ account, entry, permission, turn }) {
      const target = requireAccount(production, account);
      const { version, sha256, size } = entry;
      const write = { kind: 'publish', account, version, sha256, size } as const;
      await checkPermission(write, permission, execution);
      requireOwnEntry(entry, write, permission, execution);
      return publishManifest(target, entry, turn.token, call);
    },
    readAccount: async ({ account }) => readAccount(account, requireAccount(production, account), call),
    findDrift: async ({ account, recorded }) =>
      findDrift(requireAccount(production, account), recorded, call),
    async rollBackManifest({ account, fromVersion, toVersion, entry, permission, turn }) {
      const target = requireAccount(production, account);
      const write = { kind: 'rollback', account, fromVersion, toVersion } as const;
      await checkPermission(write, permission, execution);
      requireOwnEntry(entry, write, permission, execution);
      return rollBackManifest(target, { fromVersion, toVersion, entry }, turn.token, call);
    },
  });
  return { during };
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
