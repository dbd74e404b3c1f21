import { createHash } from 'node:crypto';

/** EC2's ClientToken and the folder of the results: at most 64 characters, the same for every repeat of a launch. */
export function launchToken(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Where the instance writes its one result. The nonce is the workflow's and stable for the key. */
export function resultKeyOf(key: string, nonce: string): string {
  return `results/${launchToken(key)}/${nonce}.json`;
}

export function consoleKeyOf(key: string, nonce: string): string {
  return `results/${launchToken(key)}/${nonce}/console.txt`;
}
