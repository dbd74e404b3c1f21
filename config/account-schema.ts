import { createPublicKey } from 'node:crypto';
import { z } from 'zod';

/** Descriptions are shown to people: in the JSON Schema by their editor, and as the fix of a fault. */
export const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/)
  .describe('a name of at most 40 lower-case letters, digits and dashes');

const RoleArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::[0-9]{12}:role\/[\w+=,.@/-]+$/)
  .describe('the ARN of an IAM role, such as arn:aws:iam::222222222222:role/Agent-Deploy');

const Account = z
  .strictObject({
    name: Name,
    id: z
      .string()
      .regex(/^[0-9]{12}$/)
      .describe('the 12 digits of the AWS account, in quotes'),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
      .describe('the name of an S3 bucket in this account'),
    purpose: z
      .enum(['soc', 'test', 'production'])
      .describe('soc (installers come from here), test, or production'),
    publishRole: RoleArn.optional().describe(
      'the ARN of the role that may write this production account’s bucket; Agent-Publish when left out',
    ),
    tags: z
      .record(z.string(), z.string())
      .default({})
      .describe('tags by name, in quotes, which a wave can select accounts by'),
  })
  .describe('an account: name, id, bucket, purpose');

const TestInstance = z
  .strictObject({
    imageId: z
      .string()
      .regex(/^ami-[0-9a-z]+$/)
      .describe('the AMI of the test instance, such as ami-0abcdef1234567890'),
    instanceType: z
      .string()
      .regex(/^[a-z0-9-]+\.[a-z0-9-]+$/)
      .describe('an EC2 instance type, such as t3.small'),
    subnetId: z
      .string()
      .regex(/^subnet-[0-9a-z]+$/)
      .optional()
      .describe('the subnet, such as subnet-0abc1234; the default subnet when left out'),
    securityGroupIds: z
      .array(z.string().regex(/^sg-[0-9a-z]+$/))
      .optional()
      .describe('security groups, such as [sg-0abc1234]; the default group when left out'),
    serviceName: z
      .string()
      .regex(/^[\w@.:-]{1,100}$/)
      .describe('the systemd service that the installer starts, such as security-agent'),
    versionCommand: z
      .string()
      .regex(/^[^\r\n]{1,200}$/)
      .describe('the command, on one line, that prints the installed version'),
  })
  .describe('the test instance: imageId, instanceType, serviceName, versionCommand');

const TrustedKey = z
  .strictObject({
    name: Name,
    publicKey: z
      .string()
      .refine(isPublicKey, 'is not a public key in PEM form')
      .describe('a public key in PEM form, -----BEGIN PUBLIC KEY-----'),
  })
  .describe('a key that signs installers: name, publicKey');

export const Aws = z
  .strictObject({
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/)
      .describe('an AWS region, such as us-east-1'),
    roles: z
      .strictObject({
        runner: RoleArn,
        agentDeploy: RoleArn,
        externalId: z
          .string()
          .regex(/^[\w+=,.@:/-]{2,1224}$/)
          .optional()
          .describe('the external id that Agent-Publish’s trust policy asks for'),
      })
      .describe('the roles: runner, agentDeploy and, if the trust policies ask for one, externalId'),
    accounts: z.array(Account).describe('the list of AWS accounts'),
    testInstance: TestInstance,
    trustedKeys: z.array(TrustedKey).default([]).describe('the list of keys that may sign installers'),
  })
  .describe('AWS: region, roles, accounts, testInstance');

function isPublicKey(pem: string): boolean {
  try {
    // createPublicKey also takes a private key and derives the public one: a private key must not stand in this file.
    return !pem.includes('PRIVATE KEY') && createPublicKey(pem).type === 'public';
  } catch {
    return false;
  }
}
