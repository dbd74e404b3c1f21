/** Object keys of a promotion, the same in every bucket (P-5, P-42, P-52). */
export const manifestKey = 'agent/manifest.json';

/** @param version three numbers, such as `1.4.2`; the `v` is in the key only */
export function installerKey(version: string): string {
  return `agent/v${version}/agent-installer.sh`;
}

/** The detached signature beside an installer. */
export function signatureKey(key: string): string {
  return `${key}.sig`;
}

/** Our own digest of the bytes: S3's checksum of a multipart object is composite. */
export const digestMetadata = 'lockkeeper-sha256';
