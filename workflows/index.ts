export { agentPromotion } from './agent-promotion/workflow.ts';
export { deliverNotice } from './notices/workflow.ts';
export { promotionQueue } from './promotion-queue/workflow.ts';
export { instanceSweep } from './sweeps/instance-sweep.ts';
export { promotionSweep } from './sweeps/promotion-sweep.ts';
