/**
 * What Lockkeeper writes on a ticket, before it becomes Atlassian's document format: plain data, so that external text
 * can never become markup, a mention or a macro.
 */
export type CommentBlock =
  | { readonly type: 'paragraph'; readonly text: string }
  | { readonly type: 'link'; readonly label: string; readonly href: string; readonly before?: string }
  | { readonly type: 'list'; readonly items: readonly string[] }
  | { readonly type: 'code'; readonly text: string }
  | {
      readonly type: 'table';
      readonly header: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

export type TicketComment = readonly CommentBlock[];

export const paragraph = (text: string): CommentBlock => ({ type: 'paragraph', text });
