import { adfToHtml } from '../adf-html.ts';
import { html, type Html } from '../html.ts';
import type { Ticket, TicketChange } from '../jira-tickets.ts';
import { moment } from './ticket-parts.ts';

/** Everything that was written on the ticket, oldest first. */
export function commentList({ comment }: Ticket): Html {
  const items = comment.comments.map(
    ({ id, author, created, body }) =>
      html`<li id="comment-${id}">
        <p class="byline"><strong>${author.displayName}</strong> ${moment(created)}</p>
        <div class="rich">${adfToHtml(body)}</div>
      </li>`,
  );
  return html`<section aria-labelledby="comments">
    <h2 id="comments">Comments (${comment.total})</h2>
    ${
      items.length === 0
        ? html`<p class="empty">Nobody has commented.</p>`
        : html`<ol class="comments">
            ${items}
          </ol>`
    }
  </section>`;
}

/** Who moved and assigned it, oldest first, as the changelog has it. */
export function statusHistory({ changes, creator, created }: Ticket): Html {
  const rows = changes.toReversed().flatMap((change) => change.items.map((item) => changeRow(change, item)));
  return html`<section aria-labelledby="history">
    <h2 id="history">History</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">When (UTC)</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>${moment(created)}</td>
            <td>${creator.displayName}</td>
            <td>created</td>
            <td></td>
            <td></td>
          </tr>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`;
}

function changeRow({ author, created }: TicketChange, item: TicketChange['items'][number]): Html {
  const { field, fromString, toString: to } = item;
  return html`<tr>
    <td>${moment(created)}</td>
    <td>${author.displayName}</td>
    <td>${field}</td>
    <td class="text">${fromString ?? ''}</td>
    <td class="text">${to ?? ''}</td>
  </tr>`;
}
