import { makeBuilder } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import type { operation } from './shapes.ts';

/** A command with its input; `Output` is only a type. */
export interface Sent<Input extends object, Output extends object> {
  readonly input: Input;
  readonly output?: Output;
}

type CommandClass<Input extends object, Output extends object> = new (input: Input) => Sent<Input, Output>;

const parameters = {
  Endpoint: { type: 'builtInParams', name: 'endpoint' },
  Region: { type: 'builtInParams', name: 'region' },
} as const;

const build = makeBuilder(parameters, 'SecurityIR', 'SecurityIRClient', getEndpointPlugin as never);

/** The class of one operation's commands. */
export function commandOf<Input extends object, Output extends object>(
  described: ReturnType<typeof operation>,
): CommandClass<Input, Output> {
  const [, , name] = described;
  return build({}, () => [], name, described as never) as unknown as CommandClass<Input, Output>;
}
