import type { TemporalPort } from './port.ts';

/** The port's verbs as activities: they run on the workflows' own queue. */
export function createTemporalActivities(port: TemporalPort): TemporalPort {
  return {
    joinQueue: (input) => port.joinQueue(input),
    describeRun: (input) => port.describeRun(input),
    startPromotions: (input) => port.startPromotions(input),
    findOrphans: (input) => port.findOrphans(input),
  };
}
