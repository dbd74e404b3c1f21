/** Health probes of the configuration; no credential. */
export interface HealthPort {
  /**
   * Asks the configured URL until it answers as expected or the attempts are used up. The URL is the worker's own, never the input's.
   * @throws InvalidInput no such probe
   */
  probe(input: { probe: string; account: string }): Promise<{ healthy: boolean; detail: string }>;
}
