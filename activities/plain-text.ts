const control = '(?![\\t\\n])\\p{Cc}';
const terminalCode = new RegExp(`${control}\\[[0-9;?]*[A-Za-z]`, 'gu');
/** Control characters but tab and newline, and the marks that turn the direction of text around. */
const unprintable = new RegExp(
  `${control}|[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]`,
  'gu',
);

/** External text without terminal codes, control characters, text-direction tricks and broken surrogates. */
export function toPlainText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(terminalCode, '').replace(unprintable, '').toWellFormed();
}

/** The first `length` UTF-16 units at most, never half a character; what is cut off shows as an ellipsis. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, Math.max(0, length - 1));
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}
