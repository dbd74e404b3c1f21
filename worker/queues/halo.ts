import type { Config } from '../../config/parse-config.ts';

export function createHaloQueue(_config: Config): object {
  return {};
}
