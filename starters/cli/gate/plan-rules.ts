import { z } from 'zod';
import { Change } from '../../../config/change-schema.ts';

/** The installation's own rules, as the gate tells them. */
export const PlanRules = z.object({ rules: Change.shape.planRules });
export type PlanRules = z.infer<typeof PlanRules>;
