/** The few that messages of the sandbox use; any other name stays as it is written. */
const emoji: Readonly<Record<string, string>> = {
  alarm_clock: '⏰',
  bell: '🔔',
  grey_question: '❔',
  hourglass_flowing_sand: '⏳',
  lock: '🔒',
  no_entry: '⛔',
  no_entry_sign: '🚫',
  rotating_light: '🚨',
  snowflake: '❄️',
  warning: '⚠️',
  wastebasket: '🗑️',
  white_check_mark: '✅',
  x: '❌',
};

export function emojiOf(name: string): string | undefined {
  return Object.hasOwn(emoji, name) ? emoji[name] : undefined;
}
