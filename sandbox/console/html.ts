/** Markup that is safe to send: only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[];

/** External text is data: every value is escaped, except markup that `html` itself made. Attributes must be quoted. */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlPart[]): Html {
  return new Html(literals.map((literal, index) => literal + toText(values[index])).join(''));
}

function toText(value: HtmlPart): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(toText).join('');
  return escapeHtml(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A link out of the console; whatever is not http(s), such as `javascript:`, stays text. */
export function outsideLink(href: string, label: HtmlPart): Html {
  const protocol = URL.canParse(href) ? new URL(href).protocol : '';
  if (protocol !== 'https:' && protocol !== 'http:') return html`${label} (${href})`;
  return html`<a href="${href}" target="_blank" rel="noopener noreferrer">${label}</a>`;
}
