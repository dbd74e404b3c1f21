/**
 * Runs each item, a few at a time. After the first failure nothing new begins, and what is under way ends first, so that its
 * result is kept for the next try. @throws the first failure
 */
export async function runInParallel<T>(
  items: readonly T[],
  width: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  let failed = false;
  async function lane(): Promise<void> {
    for (let item = queue.shift(); item !== undefined && !failed; item = queue.shift()) {
      try {
        await run(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: width }, lane));
  for (const each of lanes) if (each.status === 'rejected') throw each.reason;
}
