import { build } from './checks/build.ts';
import type { Check } from './checks/check.ts';
import { duties } from './checks/duties.ts';
import { firstDeploy, related } from './checks/history.ts';
import { freeze, incident } from './checks/holds.ts';
import { review } from './checks/review.ts';
import { scan } from './checks/scan.ts';
import { ticket } from './checks/ticket.ts';

/** Everything that must be right before a change is recommended, in the order of the verdict. A new condition is a new line (C-25, C-33). */
export const allChecks: readonly Check[] = [
  ticket,
  build,
  review,
  scan,
  firstDeploy,
  related,
  freeze,
  incident,
  duties,
];
