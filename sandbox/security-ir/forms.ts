import { z } from 'zod';
import { invalid, type FieldFault } from './sir-refusal.ts';

/** The limits of AWS's model; `test/sandbox/security-ir/model.test.ts` compares them. */
const awsRegions =
  'af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ' +
  'ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 ' +
  'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 ' +
  'mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2';
const octet = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)';
const ipv4 = `(?:${octet}\\.){3}${octet}`;
const ipAddress = new RegExp(`^(?:${ipv4}|(?:[A-F0-9]{1,4}:){7}[A-F0-9]{1,4}|(?:[A-F0-9]{1,4}:){6}${ipv4})$`);

const text = (most: number, least = 1) => z.string().min(least).max(most);
const clientToken = text(255).optional();
/** Epoch seconds, as numbers: fractions are cut. */
const moment = z.number().transform(Math.floor);
const title = text(300);
const description = text(8000);
const engagementType = z.enum(['Security Incident', 'Investigation']);
const ResolverType = z.enum(['AWS', 'Self']);
const accounts = z.array(z.string().regex(/^[0-9]{12}$/)).max(200);
const Region = z.strictObject({ region: z.enum(awsRegions.split(' ')) });
const regions = z.array(Region).max(50);
const services = z.array(text(50, 2).regex(/^[a-zA-Z0-9 \-.():]+$/)).max(600);
const ThreatActorForm = z.strictObject({
  ipAddress: z.string().regex(ipAddress),
  userAgent: text(500).optional(),
});
const threatActors = z.array(ThreatActorForm).max(200);
const email = text(254, 6).regex(/^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$/);
const watchers = z
  .array(z.strictObject({ email, name: text(50).optional(), jobTitle: text(50).optional() }))
  .max(30);
const Tags = z
  .record(text(128), text(256, 0))
  .refine((tags) => Object.keys(tags).length <= 200, 'at most 200');

export const Page = z.strictObject({
  nextToken: text(2000, 0).optional(),
  maxResults: z.int().min(1).max(25).optional(),
});

export const CreateCase = z.strictObject({
  ...{ clientToken, resolverType: ResolverType, title, description, engagementType },
  ...{ reportedIncidentStartDate: moment, impactedAccounts: accounts, watchers },
  threatActorIpAddresses: threatActors.default([]),
  impactedServices: services.default([]),
  impactedAwsRegions: regions.default([]),
  tags: Tags.default({}),
});

export const UpdateCase = z
  .strictObject({
    ...{ title, description, engagementType },
    ...{ reportedIncidentStartDate: moment, actualIncidentStartDate: moment },
    ...{ watchersToAdd: watchers, watchersToDelete: watchers },
    ...{ threatActorIpAddressesToAdd: threatActors, threatActorIpAddressesToDelete: threatActors },
    ...{ impactedServicesToAdd: services, impactedServicesToDelete: services },
    ...{ impactedAwsRegionsToAdd: regions, impactedAwsRegionsToDelete: regions },
    ...{ impactedAccountsToAdd: accounts, impactedAccountsToDelete: accounts },
    caseMetadata: z
      .array(z.strictObject({ key: text(500), value: text(2000) }))
      .min(1)
      .max(30),
  })
  .partial();
export type CaseChange = z.output<typeof UpdateCase>;

export const UpdateCaseStatus = z.strictObject({
  caseStatus: z.enum([
    'Submitted',
    'Detection and Analysis',
    'Containment, Eradication and Recovery',
    'Post-incident Activities',
  ]),
});
export const UpdateResolverType = z.strictObject({ resolverType: ResolverType });
export const CommentBody = text(12_000);
export const CreateComment = z.strictObject({ clientToken, body: CommentBody });
export const UpdateComment = z.strictObject({ body: CommentBody });
export const FileName = text(255).regex(/^[a-zA-Z0-9._-]+$/);
export const UploadUrl = z.strictObject({
  clientToken,
  fileName: FileName,
  contentLength: z.int().min(1).max(104_857_600),
});
export const TagResource = z.strictObject({ tags: Tags });
export const Nothing = z.strictObject({});

/** @throws ValidationException with a fieldList, one entry a fault */
export function readForm<Form extends z.ZodType>(form: Form, body: unknown): z.output<Form> {
  const read = form.safeParse(body);
  if (read.success) return read.data;
  const fields: FieldFault[] = read.error.issues.map((issue) => ({
    name: [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys : [])].join('.') || 'body',
    message: issue.message,
  }));
  const names = fields.map(({ name, message }) => `${name}: ${message}`).join('; ');
  throw invalid(`${fields.length} validation error(s): ${names}`, 'FIELD_VALIDATION_FAILED', fields);
}
