import type { TemporalPort } from './port.ts';

/** The port's verbs as activities: they run on the workflows' own queue. */
export function createTemporalActivities(port: TemporalPort): TemporalPort {
  return {
    joinQueue: (input) => port.joinQueue(input),
    describeRun: (input) => port.describeRun(input),
    startPromotions: (input) => port.startPromotions(input),
    findOrphans: (input) => port.findOrphans(input),
    readHolds: (input) => port.readHolds(input),
    openWave: (input) => port.openWave(input),
    findOverdueReviews: (input) => port.findOverdueReviews(input),
    readLastOutcome: (input) => port.readLastOutcome(input),
    judgeSteal: (input) => port.judgeSteal(input),
    judgeLift: (input) => port.judgeLift(input),
    readAutoApproval: () => port.readAutoApproval(),
    switchAutoApprovalOff: (input) => port.switchAutoApprovalOff(input),
    judgeSwitchOn: (input) => port.judgeSwitchOn(input),
    nudgeChanges: (input) => port.nudgeChanges(input),
    nudgeProject: (input) => port.nudgeProject(input),
    findApprovedChange: (input) => port.findApprovedChange(input),
    requestHaloPass: (input) => port.requestHaloPass(input),
  };
}
