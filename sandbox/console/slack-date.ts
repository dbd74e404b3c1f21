import { html, type Html } from './html.ts';

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July'];
months.push('August', 'September', 'October', 'November', 'December');
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The words of Slack's date formats. Slack uses the reader's zone and says "yesterday"; here it is UTC and the day. */
const words: Readonly<Record<string, (at: Date) => string>> = {
  date_num: (at) => at.toISOString().slice(0, 10),
  date: (at) => `${monthOf(at)} ${at.getUTCDate()}, ${at.getUTCFullYear()}`,
  date_short: (at) => `${monthOf(at).slice(0, 3)} ${at.getUTCDate()}, ${at.getUTCFullYear()}`,
  date_long: (at) => `${days[at.getUTCDay()]}, ${monthOf(at)} ${at.getUTCDate()}, ${at.getUTCFullYear()}`,
  time: (at) => `${at.toISOString().slice(11, 16)} UTC`,
  time_secs: (at) => `${at.toISOString().slice(11, 19)} UTC`,
};

/** `!date^1392734382^{date_short} at {time}^link`; what cannot be read shows the fallback, as in Slack. */
export function slackDateToHtml(target: string, fallback = ''): Html {
  const [, seconds = '', format = ''] = target.split('^');
  const at = new Date(Number(seconds) * 1000);
  if (!/^\d{1,11}$/.test(seconds) || Number.isNaN(at.getTime())) return html`${fallback}`;
  const shown = format.replace(/\{(\w+)\}/g, (whole, word: string) => {
    const write = words[word.replace('_pretty', '')];
    return write ? write(at) : whole;
  });
  return html`<time datetime="${at.toISOString()}">${shown}</time>`;
}

const monthOf = (at: Date) => months[at.getUTCMonth()] ?? '';
