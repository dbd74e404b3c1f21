import { randomBytes } from 'node:crypto';
import http from 'node:http';

/** What the instance may know about itself; user data is the decoded text. */
export interface InstanceFacts {
  readonly instanceId: string;
  readonly accountId: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly privateIp: string;
  readonly region: string;
  readonly userData: Buffer | undefined;
}

export interface MetadataService {
  close(): void;
}

const tokenPath = '/latest/api/token';
const maxTtlSeconds = 21_600;

/**
 * The instance metadata service, version 2 alone: a session token is mandatory, as with `HttpTokens=required`.
 * Roles are not served: the test instances have no instance profile.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
export async function serveInstanceMetadata(
  facts: InstanceFacts,
  socketPath: string,
): Promise<MetadataService> {
  const documents = documentsOf(facts);
  const tokens = new Map<string, number>();
  const server = http.createServer((request, response) => {
    const { status, body } = answer(request);
    response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
  });

  function answer(request: http.IncomingMessage): { status: number; body: string | Buffer } {
    const path = request.url ?? '/';
    if (path === tokenPath) return request.method === 'PUT' ? issueToken(request) : { status: 405, body: '' };
    const expires = tokens.get(String(request.headers['x-aws-ec2-metadata-token'])) ?? 0;
    if (expires <= Date.now()) return { status: 401, body: '' };
    const body = documents.get(path);
    return body === undefined ? { status: 404, body: '' } : { status: 200, body };
  }

  function issueToken(request: http.IncomingMessage) {
    const ttl = Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds']);
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > maxTtlSeconds) return { status: 400, body: '' };
    const token = randomBytes(32).toString('base64url');
    tokens.set(token, Date.now() + ttl * 1000);
    return { status: 200, body: token };
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return {
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function documentsOf(facts: InstanceFacts): Map<string, string | Buffer> {
  const meta: Record<string, string> = {
    'ami-id': facts.imageId,
    hostname: hostnameOf(facts.privateIp),
    'instance-id': facts.instanceId,
    'instance-type': facts.instanceType,
    'local-ipv4': facts.privateIp,
    'placement/availability-zone': `${facts.region}a`,
    'placement/region': facts.region,
  };
  const { accountId, instanceId, imageId, instanceType, region } = facts;
  const identity = { accountId, instanceId, imageId, instanceType, region, privateIp: facts.privateIp };
  const documents = new Map<string, string | Buffer>();
  for (const [name, value] of Object.entries(meta)) documents.set(`/latest/meta-data/${name}`, value);
  documents.set('/latest/meta-data/', Object.keys(meta).join('\n'));
  documents.set('/latest/dynamic/instance-identity/document', JSON.stringify(identity, null, 2));
  if (facts.userData !== undefined) documents.set('/latest/user-data', facts.userData);
  return documents;
}

/** The host name EC2 gives by default. */
export const hostnameOf = (privateIp: string): string => `ip-${privateIp.replaceAll('.', '-')}`;
