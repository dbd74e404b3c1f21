import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { AwsRestJsonProtocol } from '@aws-sdk/core/protocols';
import { errorRegistries } from './errors.ts';
import { namespace } from './shapes.ts';
import type { Sent } from './command.ts';

const version = '2018-05-10';
const service = 'security-ir';

export type SecurityIRClientConfig = Pick<
  STSClientConfig,
  'region' | 'endpoint' | 'credentials' | 'maxAttempts' | 'requestHandler'
>;

/**
 * `SecurityIRClient` of `@aws-sdk/client-security-ir`, which the registry does not have at this time: the runtime is the AWS SDK's own,
 * taken from its client of STS, with another protocol, address and name in the signature. One import replaces this folder.
 */
export class SecurityIRClient {
  readonly #runtime: STSClient;

  constructor(config: SecurityIRClientConfig) {
    const own = {
      apiVersion: version,
      serviceId: 'Security IR',
      protocol: AwsRestJsonProtocol,
      protocolSettings: {
        defaultNamespace: namespace,
        errorTypeRegistries: errorRegistries(),
        version,
        serviceTarget: 'SecurityIR',
      },
      endpointProvider: ({ Endpoint, Region }: { Endpoint?: string; Region?: string }) => ({
        url: new URL(Endpoint ?? `https://${service}.${Region ?? ''}.amazonaws.com`),
        properties: { authSchemes: [{ name: 'sigv4', signingName: service, signingRegion: Region }] },
        headers: {},
      }),
      httpAuthSchemeProvider: ({ region }: { region?: string }) => [
        {
          schemeId: 'aws.auth#sigv4',
          signingProperties: { name: service, region },
          propertiesExtractor: (settings: unknown, context: unknown) => ({
            signingProperties: { config: settings, context },
          }),
        },
      ],
    };
    this.#runtime = new STSClient({ ...config, ...own } as unknown as STSClientConfig);
  }

  send<Input extends object, Output extends object>(
    command: Sent<Input, Output>,
    options: { readonly abortSignal?: AbortSignal } = {},
  ): Promise<Output> {
    return this.#runtime.send(command as never, options as never) as Promise<Output>;
  }

  destroy(): void {
    this.#runtime.destroy();
  }
}
