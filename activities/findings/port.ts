import type { PageInput, PageResult } from '../../workflows/halo-sync/messages.ts';

/** What `haloSync` needs: on the queue that holds the source's and Jira's credentials. */
export interface FindingsPort {
  /**
   * One page of findings, or of tickets in the stage `missing`: read, looked up, decided, written. Safe to repeat: what a lost
   * attempt created is found by its label before anything is created again. Counts come back, never bodies.
   */
  syncPage(input: PageInput): Promise<PageResult>;
}
