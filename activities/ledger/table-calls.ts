import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { createFailure } from '../../workflows/shared/failures.ts';
import { awsErrorName, callAws, type AwsAction, type CallContext } from '../sts/aws-call.ts';
import type { Item } from './items.ts';

export interface LedgerTable {
  /** Puts an item that is not there yet. @returns false when it was there */
  putNew(item: Item): Promise<boolean>;
  /** All pages, or as many items as are wanted. */
  query(input: LedgerQuery): Promise<Item[]>;
  /** Those of these keys that are there; only the keys. */
  have(keys: readonly { readonly pk: string; readonly sk: string }[]): Promise<ReadonlySet<string>>;
}

export type LedgerQuery = Pick<
  QueryCommandInput,
  | 'IndexName'
  | 'KeyConditionExpression'
  | 'ExpressionAttributeNames'
  | 'ExpressionAttributeValues'
  | 'ScanIndexForward'
> & { readonly most?: number };

export interface TableOptions {
  readonly table: string;
  /** With one attempt a call: Temporal repeats. */
  readonly settings: DynamoDBClientConfig;
  readonly context: () => CallContext;
}

const batchSize = 100;
/** DynamoDB leaves out what it had no room for. */
const mostRounds = 10;

/** Calls of the ledger's table. A put is repeated freely: the second finds the first. */
export function createLedgerTable({ table, settings, context }: TableOptions): LedgerTable {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(settings), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const call = <T>(what: string, run: (abortSignal: AbortSignal) => Promise<T>): Promise<T> => {
    const action: AwsAction = { system: 'dynamodb', action: `${what} ${table}` };
    return callAws(context(), action, run);
  };

  return {
    putNew: (item) =>
      call('put into', async (abortSignal) => {
        const command = new PutCommand({
          ...{ TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' },
        });
        try {
          await client.send(command, { abortSignal });
          return true;
        } catch (error) {
          if (awsErrorName(error) === 'ConditionalCheckFailedException') return false;
          throw error;
        }
      }),
    async query({ most = Infinity, ...input }) {
      const found: Item[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = { TableName: table, ...input, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) };
        const limit = Number.isFinite(most) ? { Limit: most - found.length } : {};
        // an index is a little behind, whatever is asked for
        const consistent = input.IndexName === undefined ? { ConsistentRead: true } : {};
        const command = new QueryCommand({ ...page, ...limit, ...consistent });
        const answer = await call('query', (abortSignal) => client.send(command, { abortSignal }));
        found.push(...(answer.Items ?? []));
        ExclusiveStartKey = answer.LastEvaluatedKey;
        context().heartbeat({ items: found.length });
      } while (ExclusiveStartKey && found.length < most);
      return found;
    },
    async have(keys) {
      const found = new Set<string>();
      for (let from = 0; from < keys.length; from += batchSize) {
        let wanted = keys.slice(from, from + batchSize).map((key) => ({ ...key }));
        for (let round = 1; wanted.length > 0; round += 1) {
          if (round > mostRounds) throw overloaded(table);
          const command = new BatchGetCommand({
            RequestItems: { [table]: { Keys: wanted, ProjectionExpression: 'pk' } },
          });
          const answer = await call('get from', (abortSignal) => client.send(command, { abortSignal }));
          for (const { pk } of answer.Responses?.[table] ?? []) found.add(String(pk));
          wanted = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as typeof wanted;
        }
      }
      return found;
    },
  };
}

function overloaded(table: string) {
  return createFailure('Unavailable', `dynamodb: ${table} answers only parts of what is asked`, {
    details: { system: 'dynamodb', action: `get from ${table}` },
  });
}
