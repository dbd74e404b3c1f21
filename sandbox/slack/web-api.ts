import type { MethodArguments } from './method-arguments.ts';

export interface MethodCall {
  readonly arguments: MethodArguments;
  /** Where this call reached the stand-in, without a slash at the end. */
  readonly baseUrl: string;
}

/** One Web API method; its answer gets `ok: true`, a SlackRefusal becomes `ok: false`. */
export type Method = (call: MethodCall) => object;

/** Method name (`chat.postMessage`) → method. A new family of methods is one more table. */
export type MethodTable = Readonly<Record<string, Method>>;
