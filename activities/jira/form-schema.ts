import { z } from 'zod';

/** What a site says of its fields and forms, and of what it refuses. */

const FieldSchema = z
  .object({
    type: z.string(),
    items: z.string().optional(),
    custom: z.string().optional(),
    system: z.string().optional(),
  })
  .optional();

/** A field of the site, from `GET /field`. */
const JiraField = z.object({ id: z.string(), name: z.string(), schema: FieldSchema });
export type JiraField = z.infer<typeof JiraField>;
export const SiteFields = z.array(JiraField);

export const AllowedValue = z.looseObject({
  id: z.string().optional(),
  value: z.string().optional(),
  name: z.string().optional(),
});
export type AllowedValue = z.infer<typeof AllowedValue>;

const FormField = z.object({
  fieldId: z.string(),
  name: z.string(),
  required: z.boolean(),
  hasDefaultValue: z.boolean().optional(),
  schema: FieldSchema,
  allowedValues: z.array(AllowedValue).nullish(),
});
export type FormField = z.infer<typeof FormField>;
/** Jira names the list `fields` or, in older answers, `results`. */
export const FormPage = z.object({
  fields: z.array(FormField).optional(),
  results: z.array(FormField).optional(),
  total: z.number().optional(),
});

const FormType = z.object({ id: z.string(), name: z.string() });
export const FormTypePage = z.object({
  issueTypes: z.array(FormType).optional(),
  createMetaIssueType: z.array(FormType).optional(),
  total: z.number().optional(),
});

/** Jira's complaint: about the whole, and by field. */
export const Complaint = z.object({
  errorMessages: z.array(z.string()).nullish(),
  errors: z.record(z.string(), z.unknown()).nullish(),
});
export type Complaint = z.infer<typeof Complaint>;
