// The commands of AWS CLI v2 that deploy/gitlab/verify-installer.sh uses, with the CLI's own flags and output, as real
// signed calls with the credentials of the environment. Runs inside a job of the sandbox, where there is no AWS CLI.
import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

type Json = Record<string, unknown>;
type Command = (
  flags: Readonly<Record<string, string | undefined>>,
  positionals: readonly string[],
) => Promise<Json>;

const clientOptions = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
};

/** The SDK's modules are loaded by the command that needs them: loading is most of a call's time. */
const commands: Readonly<Record<string, { flags: readonly string[]; run: Command }>> = {
  'sts get-caller-identity': {
    flags: [],
    async run() {
      const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
      const { UserId, Account, Arn } = await new STSClient(clientOptions).send(
        new GetCallerIdentityCommand({}),
      );
      return { UserId, Account, Arn };
    },
  },
  'sts assume-role': {
    flags: ['role-arn', 'role-session-name', 'duration-seconds'],
    async run(flags) {
      const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
      const input = {
        RoleArn: required(flags, 'role-arn'),
        RoleSessionName: required(flags, 'role-session-name'),
        ...(flags['duration-seconds'] ? { DurationSeconds: Number(flags['duration-seconds']) } : {}),
      };
      const { Credentials, AssumedRoleUser } = await new STSClient(clientOptions).send(
        new AssumeRoleCommand(input),
      );
      return { Credentials, AssumedRoleUser };
    },
  },
  's3api get-object': {
    flags: ['bucket', 'key', 'version-id'],
    async run(flags, [outfile]) {
      const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3');
      if (!outfile) throw new UsageError('the following arguments are required: outfile');
      const input = {
        Bucket: required(flags, 'bucket'),
        Key: required(flags, 'key'),
        ...(flags['version-id'] ? { VersionId: flags['version-id'] } : {}),
      };
      const s3 = new S3Client({ ...clientOptions, forcePathStyle: true });
      const { Body, ContentLength, ContentType, ETag, VersionId } = await s3.send(
        new GetObjectCommand(input),
      );
      await pipeline(Body as Readable, createWriteStream(outfile));
      return { ContentLength, ETag, VersionId, ContentType };
    },
  },
};

class UsageError extends Error {}

function required(flags: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = flags[name];
  if (value === undefined) throw new UsageError(`the following arguments are required: --${name}`);
  return value;
}

/** JMESPath as far as the script needs it: `A.B` and `A.[B,C]`. */
function select(document: unknown, query: string): unknown {
  const list = /^(?:(.+)\.)?\[([\w,\s]+)\]$/.exec(query);
  if (list) {
    const base = list[1] ? select(document, list[1]) : document;
    return (list[2] ?? '').split(',').map((name) => select(base, name.trim()));
  }
  if (!/^\w+(\.\w+)*$/.test(query))
    throw new UsageError(`--query ${query}: the sandbox does not know this form`);
  return query.split('.').reduce<unknown>((value, name) => (value as Json | undefined)?.[name], document);
}

/** `--output text`: lists are tab-separated, nothing is `None`. */
function render(value: unknown, output: string): string {
  if (output === 'json') return JSON.stringify(value, null, 4);
  const cells = Array.isArray(value) ? value : [value];
  if (cells.some((cell) => typeof cell === 'object' && cell !== null))
    throw new UsageError('--output text: the sandbox prints only plain values, narrow with --query');
  return cells.map((cell) => (cell === undefined || cell === null ? 'None' : String(cell))).join('\t');
}

async function main(argv: readonly string[]): Promise<string> {
  const name = argv.slice(0, 2).join(' ');
  const command = commands[name];
  if (!command) throw new UsageError(`the sandbox knows only: ${Object.keys(commands).join(', ')}`);
  const names = [...command.flags, 'query', 'output', 'region'];
  const options = Object.fromEntries(names.map((flag) => [flag, { type: 'string' as const }]));
  const { values, positionals } = parseArgs({ args: argv.slice(2), options, allowPositionals: true });
  if (values['region']) process.env['AWS_REGION'] = String(values['region']);
  const result = await command.run(values, positionals);
  const query = values['query'];
  return render(query ? select(result, query) : result, String(values['output'] ?? 'json'));
}

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`);
} catch (error) {
  const isUsage =
    error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  const { name, message } = error as Error;
  process.stderr.write(isUsage ? `aws: error: ${message}\n` : `An error occurred (${name}): ${message}\n`);
  // the CLI's own codes: 252 for a usage error, 254 for a refusal by the service
  process.exitCode = isUsage ? 252 : 254;
}
