import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from '../../../sandbox/aws/aws-clients.ts';

/** By AWS's own signer, as every SDK does it. @returns the headers of the request, without Host */
export async function signHeaders(request: {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly host: string;
  readonly body: string | undefined;
  readonly credentials: AwsCredentials;
  readonly region?: string | undefined;
  readonly service?: string | undefined;
  readonly at?: Date | undefined;
}): Promise<Record<string, string>> {
  const { method, url, host, body, credentials, region = 'us-east-1', service = 'security-ir' } = request;
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const [path = '/', search = ''] = url.split('?');
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) (query[name] ??= []).push(value);
  const headers = { host, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const signed = await signer.sign(
    {
      ...{ method, protocol: 'http:', hostname: host, path, query, headers },
      ...(body === undefined ? {} : { body }),
    },
    { signingDate: request.at ?? new Date() },
  );
  const { host: _host, ...sent } = signed.headers;
  return sent;
}
