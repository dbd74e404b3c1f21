import { SearchAttributeType, defineSearchAttributeKey } from '@temporalio/common';
import { searchAttributeNames } from './names.ts';

/** Typed keys of the search attributes: codes only, they are never encrypted (design §6). */
export const attributes = {
  process: defineSearchAttributeKey(searchAttributeNames.process, SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey(searchAttributeNames.phase, SearchAttributeType.KEYWORD),
  ticket: defineSearchAttributeKey(searchAttributeNames.ticket, SearchAttributeType.KEYWORD),
  target: defineSearchAttributeKey(searchAttributeNames.target, SearchAttributeType.KEYWORD),
  waitingOn: defineSearchAttributeKey(searchAttributeNames.waitingOn, SearchAttributeType.KEYWORD),
  risk: defineSearchAttributeKey(searchAttributeNames.risk, SearchAttributeType.KEYWORD),
  dueBy: defineSearchAttributeKey(searchAttributeNames.dueBy, SearchAttributeType.DATETIME),
  decision: defineSearchAttributeKey(searchAttributeNames.decision, SearchAttributeType.KEYWORD),
} as const;
