import { z } from 'zod';
import { Name } from './account-schema.ts';

const minutes = (most: number) =>
  z.number().min(0.01).max(most).describe(`a number of minutes up to ${most}`);
const year = 525_600;
const TimeZone = z
  .string()
  .refine(isTimeZone, 'is no time zone')
  .describe('an IANA time zone, such as Europe/Berlin');
const ClockTime = z
  .string()
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/)
  .describe('a local time, such as "09:00", in quotes');
const LocalTime = z
  .string()
  .regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$/)
  .describe('a local time without zone, such as 2026-12-23T18:00');

export const Group = z
  .union([
    z.array(Name),
    z.strictObject({ slackUserGroup: z.string().regex(/^S[A-Z0-9]+$/) }),
    z.strictObject({ jiraGroup: z.string().min(1) }),
  ])
  .describe('a list of people’s names, {slackUserGroup: S0123456789} or {jiraGroup: name}');

export const Delegation = z
  .strictObject({
    from: Name.describe('the person who is away'),
    to: Name.describe('the person who decides for them'),
    start: z.iso.datetime({ offset: true }).describe('from when, such as 2026-12-01T00:00:00+01:00'),
    end: z.iso.datetime({ offset: true }).describe('until when, such as 2026-12-24T00:00:00+01:00'),
  })
  .describe('a delegation: from, to, start, end');

export const Approval = z
  .strictObject({
    version: z.int().min(1).describe('a whole number that rises with each change of this approval'),
    quorum: z
      .array(z.strictObject({ group: Name, count: z.int().min(1).max(20).default(1) }))
      .min(1)
      .describe('how many of which groups: [{group, count}]'),
    exclude: z
      .array(z.enum(['requester', 'author', 'changer']))
      .default(['requester', 'author', 'changer'])
      .describe('who may not decide: requester, author, changer'),
    risk: z
      .enum(['normal', 'high'])
      .default('normal')
      .describe('normal, or high: approving needs a reason too'),
    channel: Name.describe('the name of a channel under slack.channels'),
    buttons: z.boolean().default(true).describe('false: the Slack message has a link and no buttons'),
    reminders: z
      .array(z.strictObject({ afterMinutes: minutes(year), to: z.enum(['thread', 'dm', 'on-call']) }))
      .max(10)
      .default([
        { afterMinutes: 60, to: 'thread' },
        { afterMinutes: 240, to: 'dm' },
        { afterMinutes: 480, to: 'on-call' },
      ])
      .describe('the ladder, in rising order: [{afterMinutes, to: thread | dm | on-call}]'),
    workingHours: z
      .strictObject({
        timeZone: TimeZone,
        days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
        from: ClockTime,
        to: ClockTime,
      })
      .optional()
      .describe('the ladder counts only these hours: {timeZone, days, from, to}'),
    expiresAfterMinutes: minutes(year).default(10_080),
    override: z
      .strictObject({
        group: Name.describe('who may override'),
        reviewers: Name.describe('who must review it afterwards'),
        reviewWithinMinutes: minutes(year).default(1440),
      })
      .optional()
      .describe('break-glass: {group, reviewers, reviewWithinMinutes}; left out: nobody'),
  })
  .describe(
    'an approval: version, quorum, exclude, risk, channel, buttons, reminders, expiresAfterMinutes, override',
  );

const Window = z
  .union([
    z.strictObject({
      name: Name,
      cron: z.string().min(9).describe('when it begins, five fields, such as "0 16 * * 5"'),
      minutes: minutes(44_640).describe('how long it lasts'),
      timeZone: TimeZone,
      reason: z.string().min(1).max(200),
      exceptHotfix: z.boolean().default(false),
    }),
    z.strictObject({
      name: Name,
      from: LocalTime,
      to: LocalTime,
      timeZone: TimeZone,
      reason: z.string().min(1).max(200),
      exceptHotfix: z.boolean().default(false),
    }),
  ])
  .describe('a window: name, timeZone, reason and either cron with minutes, or from and to; exceptHotfix');

export const Freeze = z
  .strictObject({
    approval: Name.describe('the approval that lifting a hold needs'),
    exception: Name.optional().describe(
      'the approval that going on in spite of a hold needs, of at least two people; left out: nobody can',
    ),
    windows: z.array(Window).default([]).describe('when nothing begins'),
  })
  .describe('freeze: approval, exception, windows');

export const Probe = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).describe('{account} in it stands for the account’s name'),
    expectStatus: z.int().min(100).max(599).default(200),
    attempts: z.int().min(1).max(50).default(5).describe('how often it is tried, ten seconds apart'),
  })
  .describe('a health probe: url, expectStatus, attempts');

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
