import type { EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeInstancesCommand,
  TerminateInstancesCommand,
  type Filter,
  type Instance,
} from '@aws-sdk/client-ec2';
import { instanceTags } from '../../workflows/shared/names.ts';
import { awsErrorName, callAws, type CallContext } from '../sts/aws-call.ts';

export interface FoundInstance {
  readonly instanceId: string;
  readonly accountId: string;
  /** EC2's word: pending, running, shutting-down, terminated, stopping, stopped. */
  readonly state: string;
  readonly launchedAt: string;
  readonly tags: ReadonlyMap<string, string>;
}

const liveStates = ['pending', 'running', 'stopping', 'stopped'];
const endedStates: ReadonlySet<string> = new Set(['shutting-down', 'terminated', 'stopping', 'stopped']);

/** Whether user data can no longer be running. */
export function isEnded({ state }: FoundInstance): boolean {
  return endedStates.has(state);
}

export const isLive: Filter = { Name: 'instance-state-name', Values: liveStates };

/** @param value matched exactly: EC2 itself takes `*` and `?` as wildcards */
export function hasTag(name: keyof typeof instanceTags, value: string): Filter {
  return { Name: `tag:${instanceTags[name]}`, Values: [value.replace(/[\\*?]/g, String.raw`\$&`)] };
}

/** Oldest first; all pages. */
export async function findInstances(
  ec2: EC2Client,
  filters: readonly Filter[],
  call: CallContext,
): Promise<FoundInstance[]> {
  return callAws(call, { system: 'ec2', action: 'list test instances' }, async (abortSignal) => {
    const found: FoundInstance[] = [];
    let token: string | undefined;
    do {
      const page = { Filters: [...filters], MaxResults: 100, ...(token ? { NextToken: token } : {}) };
      const { Reservations = [], NextToken } = await ec2.send(new DescribeInstancesCommand(page), {
        abortSignal,
      });
      for (const { OwnerId = '', Instances = [] } of Reservations)
        found.push(...Instances.map((instance) => toFoundInstance(instance, OwnerId)));
      token = NextToken;
    } while (token);
    return found.sort((one, other) => compare(one.launchedAt, other.launchedAt));
  });
}

/** @returns undefined when EC2 does not know it: gone for an hour, or so new that it is not everywhere yet */
export async function findInstance(
  ec2: EC2Client,
  instanceId: string,
  call: CallContext,
): Promise<FoundInstance | undefined> {
  return callAws(call, { system: 'ec2', action: `look at ${instanceId}` }, async (abortSignal) => {
    try {
      const command = new DescribeInstancesCommand({ InstanceIds: [instanceId] });
      const reservation = (await ec2.send(command, { abortSignal })).Reservations?.[0];
      const instance = reservation?.Instances?.[0];
      return instance && toFoundInstance(instance, reservation.OwnerId ?? '');
    } catch (error) {
      if (awsErrorName(error) === 'InvalidInstanceID.NotFound') return undefined;
      throw error;
    }
  });
}

/** Gone already is success. */
export async function requestTermination(
  ec2: EC2Client,
  instanceId: string,
  call: CallContext,
): Promise<void> {
  await callAws(call, { system: 'ec2', action: `terminate ${instanceId}` }, async (abortSignal) => {
    try {
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }), { abortSignal });
    } catch (error) {
      if (awsErrorName(error) !== 'InvalidInstanceID.NotFound') throw error;
    }
  });
}

export function toFoundInstance(instance: Instance, accountId: string): FoundInstance {
  return {
    instanceId: instance.InstanceId ?? '',
    accountId,
    state: instance.State?.Name ?? 'pending',
    launchedAt: (instance.LaunchTime ?? new Date(0)).toISOString(),
    tags: new Map((instance.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
