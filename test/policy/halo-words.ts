import { toAdf } from '../../activities/jira/adf.ts';
import type { FindingDetails } from '../../workflows/halo-sync/finding.ts';
import type { TicketComment } from '../../workflows/shared/comment.ts';

export function createDetails(over: Partial<FindingDetails> = {}): FindingDetails {
  return { asset: null, latest: null, cves: [], raw: '{}', ...over };
}

export const fullDetails = createDetails({
  asset: {
    fields: { server_hostname: 'web-1' },
    rows: [{ label: 'server_hostname', value: 'web-1.example.com' }],
  },
  latest: {
    title: 'Vulnerable package: openssl version 1.0.1',
    rows: [
      { label: 'cpe', value: 'cpe:/a:openssl:openssl:1.0.1' },
      { label: 'empty', value: ' ' },
    ],
    items: ['CVE-2014-0160 scored 7.5'],
  },
  cves: [
    { id: 'CVE-2014-0076', score: 1.9, summary: null },
    { id: 'CVE-2014-0160', score: 7.5, summary: 'Heartbleed' },
  ],
});

/** The rows of the tables whose first column is headed so. */
export const rowsOf = (blocks: TicketComment, header: string) =>
  blocks.flatMap((block) => (block.type === 'table' && block.header[0] === header ? block.rows : []));

export const textsOf = (blocks: TicketComment) =>
  blocks.flatMap((block) => (block.type === 'paragraph' ? [block.text] : []));

/** As Jira gets it; what the adapter has to cut would not be attached. */
export const storedForm = (blocks: TicketComment) => JSON.stringify(toAdf(blocks));
