import { html, outsideLink, type Html } from './html.ts';

interface Node {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly marks?: readonly Node[];
  readonly content?: readonly Node[];
}

const wrappers: Readonly<Record<string, (inner: Html, node: Node) => Html>> = {
  paragraph: (inner) => html`<p>${inner}</p>`,
  heading: (inner) => html`<h4>${inner}</h4>`,
  bulletList: (inner) =>
    html`<ul>
      ${inner}
    </ul>`,
  orderedList: (inner) =>
    html`<ol>
      ${inner}
    </ol>`,
  listItem: (inner) => html`<li>${inner}</li>`,
  codeBlock: (inner) => html`<pre><code>${inner}</code></pre>`,
  blockquote: (inner) => html`<blockquote>${inner}</blockquote>`,
  panel: (inner) => html`<blockquote>${inner}</blockquote>`,
  table: (inner) =>
    html`<div class="scroll">
      <table>
        ${inner}
      </table>
    </div>`,
  tableRow: (inner) =>
    html`<tr>
      ${inner}
    </tr>`,
  tableHeader: (inner) => html`<th scope="col">${inner}</th>`,
  tableCell: (inner) => html`<td>${inner}</td>`,
};

const marks: Readonly<Record<string, (inner: Html, mark: Node) => Html>> = {
  strong: (inner) => html`<strong>${inner}</strong>`,
  em: (inner) => html`<em>${inner}</em>`,
  code: (inner) => html`<code>${inner}</code>`,
  strike: (inner) => html`<s>${inner}</s>`,
  link: (inner, mark) => outsideLink(text(mark.attrs?.['href']), inner),
};

/** A comment's rich text (Atlassian Document Format) as HTML. Node types it does not know show their text. */
export function adfToHtml(document: unknown): Html {
  if (typeof document !== 'object' || document === null) return html``;
  return nodeToHtml(document);
}

function nodeToHtml(node: Node): Html {
  if (node.type === 'text') return markedText(node);
  if (node.type === 'hardBreak') return html`<br />`;
  if (node.type === 'rule') return html`<hr />`;
  const inner = html`${(node.content ?? []).map(nodeToHtml)}${text(node.attrs?.['text'])}`;
  return wrappers[text(node.type)]?.(inner, node) ?? inner;
}

function markedText(node: Node): Html {
  const plain = html`${text(node.text)}`;
  return (node.marks ?? []).reduce((inner, mark) => marks[text(mark.type)]?.(inner, mark) ?? inner, plain);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
