import { z } from 'zod';

/** Of SARIF 2.1.0 only what is read. Numbers of the sections are the standard's. */

const text = z.string().optional();
const Message = z.object({ text, id: text, arguments: z.array(z.string()).default([]) });
const Multiformat = z.object({ text: z.string() });
const Properties = z.looseObject({ tags: z.array(z.string()).optional().catch(undefined) });
const level = z.enum(['none', 'note', 'warning', 'error']);

/** §3.49 */
const Rule = z.object({
  id: z.string(),
  name: text,
  shortDescription: Multiformat.optional(),
  fullDescription: Multiformat.optional(),
  help: Multiformat.optional(),
  helpUri: text,
  messageStrings: z.record(z.string(), Multiformat).default({}),
  defaultConfiguration: z.object({ level: level.optional() }).optional(),
  properties: Properties.optional(),
});
export type SarifRule = z.output<typeof Rule>;

/** §3.19 */
const Tool = z.object({ name: text, rules: z.array(Rule).default([]) });

/** §3.28; the address may be one of the run's list of artifacts. */
const Location = z.object({
  physicalLocation: z
    .object({
      artifactLocation: z.object({ uri: text, index: z.int().optional() }).optional(),
      region: z
        .object({
          startLine: z.int().optional(),
          startColumn: z.int().optional(),
          snippet: z.object({ text }).optional(),
        })
        .optional(),
    })
    .optional(),
  logicalLocations: z.array(z.object({ name: text, fullyQualifiedName: text })).default([]),
});
export type SarifLocation = z.output<typeof Location>;

/** §3.27 */
export const SarifResult = z.object({
  ruleId: text,
  ruleIndex: z.int().optional(),
  rule: z
    .object({ id: text, index: z.int().optional(), toolComponent: z.object({ index: z.int() }).optional() })
    .optional(),
  kind: z.enum(['pass', 'open', 'informational', 'notApplicable', 'review', 'fail']).default('fail'),
  level: level.optional(),
  message: Message,
  locations: z.array(Location).default([]),
  fingerprints: z.record(z.string(), z.string()).default({}),
  partialFingerprints: z.record(z.string(), z.string()).default({}),
  correlationGuid: text,
  baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']).optional(),
  /** §3.35: none is counted that people have not accepted. */
  suppressions: z
    .array(z.object({ kind: z.string(), status: text, justification: text }))
    .nullish()
    .transform((all) => all ?? []),
  provenance: z.object({ firstDetectionTimeUtc: text }).optional(),
  hostedViewerUri: text,
  properties: Properties.optional(),
});
export type SarifResult = z.output<typeof SarifResult>;

/** §3.14. The results are read one by one: one that is malformed leaves the others readable. */
export const SarifRun = z.object({
  tool: z.object({ driver: Tool.extend({ name: z.string().min(1) }), extensions: z.array(Tool).default([]) }),
  invocations: z.array(z.object({ executionSuccessful: z.boolean() })).default([]),
  artifacts: z.array(z.object({ location: z.object({ uri: text }).optional() })).default([]),
  versionControlProvenance: z.array(z.object({ repositoryUri: z.string() })).default([]),
  results: z.array(z.unknown()).nullish(),
});
export type SarifRun = z.output<typeof SarifRun>;

export const SarifLog = z.object({ version: z.literal('2.1.0'), runs: z.array(SarifRun) });
