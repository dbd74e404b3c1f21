import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** Of the ledger's table; the template in deploy/aws and the sandbox make it so. */
export const indexes = {
  /** Changes of a secret by when they happened: `secret_key`, `at`. */
  bySecret: 'by-secret',
  /** Everything of a kind of one day (UTC) by when it happened: `day` such as `change#2026-11-23`, `at`. */
  byDay: 'by-day',
} as const;

const toIndex = (IndexName: string, hash: string) => ({
  IndexName,
  KeySchema: [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: 'at', KeyType: 'RANGE' as const },
  ],
  Projection: { ProjectionType: 'ALL' as const },
});

/** What CreateTable takes, without the name. */
export const ledgerTable: Omit<CreateTableCommandInput, 'TableName'> = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk', 'secret_key', 'day', 'at'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S' as const,
  })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [toIndex(indexes.bySecret, 'secret_key'), toIndex(indexes.byDay, 'day')],
};
