/**
 * Smithy schemas as the AWS SDK's runtime takes them: numbers and tuples. The words for them are here, and nowhere else.
 * @see https://smithy.io/2.0/spec/model.html
 */

export const namespace = 'com.amazonaws.securityir';

export type Schema = number | readonly unknown[] | (() => Schema);
type MemberTraits = number | Readonly<Record<string, string>>;
type Member = readonly [schema: Schema, traits: MemberTraits];

export const text: Schema = 0;
export const whole: Schema = 1;
/** Epoch seconds on the wire, `Date` in the program. */
export const timestamp: Schema = 4;
export const texts: Schema = 64;
/** Text by text. */
export const textMap: Schema = 128;

const plain = 0;
const inPath = 1;
const idempotencyToken = 4;

/** Part of the path. */
export const label: Member = [text, inPath];
/** Filled in by the SDK when it is left out; we always give it. */
export const token: Member = [text, idempotencyToken];
export const inQuery = (schema: Schema, name: string): Member => [schema, { httpQuery: name }];
export const inHeader = (schema: Schema, name: string): Member => [schema, { httpHeader: name }];

type Members = Readonly<Record<string, Schema | Member>>;

/** @param required names first, as the wire order of the runtime wants them */
export function structure(name: string, required: Members, optional: Members = {}): Schema {
  return [3, namespace, name, 0, ...toMembers(required, optional)];
}

export function failure(name: string, status: number, required: Members, optional: Members = {}): Schema {
  const traits = { error: status < 500 ? 'client' : 'server', httpError: status };
  return [-3, namespace, name, traits, ...toMembers(required, optional)];
}

export function listOf(name: string, member: Schema): Schema {
  return [1, namespace, name, 0, () => member];
}

export interface Http {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Of success. */
  readonly status?: number;
}

export function operation(name: string, { method, path, status = 200 }: Http, input: Schema, output: Schema) {
  return [9, namespace, name, { http: [method, path, status] }, () => input, () => output] as const;
}

function toMembers(required: Members, optional: Members): [string[], unknown[], number] {
  const all = [...Object.entries(required), ...Object.entries(optional)];
  const schemas = all.map(([, member]) => {
    const [schema, traits] = isMember(member) ? member : [member, plain];
    const target = typeof schema === 'number' ? schema : () => schema;
    // a plain member is its schema alone, unless the schema is a simple one
    return traits === plain && typeof target === 'function' ? [target, plain] : [target, traits];
  });
  return [all.map(([name]) => name), schemas, Object.keys(required).length];
}

function isMember(member: Schema | Member): member is Member {
  return Array.isArray(member) && member.length === 2;
}
