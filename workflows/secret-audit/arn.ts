import type { SecretPolicy, SecretRef } from './messages.ts';

const arnForm =
  /^arn:(aws(?:-[a-z]+)*):secretsmanager:([a-z]{2}(?:-[a-z]+)+-\d):(\d{12}):secret:([\w/+=.@!-]{1,519})$/;
const nameForm = /^[\w/+=.@!-]{1,512}$/;
const suffixForm = /-[A-Za-z0-9]{6}$/;

interface Parsed {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** Name, with or without the suffix. */
  readonly resource: string;
}

function parseArn(text: string): Parsed | undefined {
  const [, partition, region, account, resource] = arnForm.exec(text) ?? [];
  if (!partition || !region || !account || !resource) return undefined;
  return { partition, region, account, resource };
}

/** @param text a full ARN, as AWS answers it · @returns undefined when it is none */
export function completeRef(text: string): SecretRef | undefined {
  const parsed = parseArn(text);
  if (!parsed || !suffixForm.test(parsed.resource)) return undefined;
  return { arn: text, isComplete: true, account: parsed.account, region: parsed.region };
}

/** @param typed by a caller: a name, an ARN, or one without its suffix · @returns undefined when it is none of them */
export function typedRef(
  typed: string,
  home: { readonly account: string; readonly region: string },
): SecretRef | undefined {
  const parsed = parseArn(typed);
  if (parsed) return { arn: typed, isComplete: false, account: parsed.account, region: parsed.region };
  if (!nameForm.test(typed)) return undefined;
  const partition = partitionOf(home.region);
  const arn = `arn:${partition}:secretsmanager:${home.region}:${home.account}:secret:${typed}`;
  return { arn, isComplete: false, ...home };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Without account, region and suffix. */
export function nameOf({ arn, isComplete }: SecretRef): string {
  const resource = parseArn(arn)?.resource ?? '';
  return isComplete ? withoutSuffix(resource) : resource;
}

function withoutSuffix(resource: string): string {
  return resource.replace(suffixForm, '');
}

/** The lines of a ticket that name a secret, and those that name none. */
export function readLines(
  text: string,
  home: SecretPolicy['home'],
): { readonly secrets: readonly SecretRef[]; readonly unreadable: readonly string[] } {
  const lines = text
    .split(/[\r\n,;]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const read = lines.map((line) => ({ line, ref: readLine(line, home) }));
  return {
    secrets: read.flatMap(({ ref }) => ref ?? []),
    unreadable: read.filter(({ ref }) => !ref).map(({ line }) => line),
  };
}

function readLine(line: string, home: SecretPolicy['home']): SecretRef | undefined {
  if (home) return typedRef(line, home);
  const parsed = parseArn(line);
  return parsed && { arn: line, isComplete: false, account: parsed.account, region: parsed.region };
}

/** Whether a ticket's line means the secret of an event: the account and the region are always part of it. */
export function isSameSecret(line: SecretRef, secret: SecretRef): boolean {
  if (line.account !== secret.account || line.region !== secret.region) return false;
  const [wanted, found] = [parseArn(line.arn)?.resource, parseArn(secret.arn)?.resource];
  if (wanted === undefined || found === undefined) return false;
  if (wanted === found) return true;
  // a complete ARN has exactly one name; what a caller typed may have lacked the suffix
  if (secret.isComplete) return withoutSuffix(found) === wanted;
  return withoutSuffix(wanted) === found && suffixForm.test(wanted);
}
