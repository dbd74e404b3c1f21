/** The bytes are no plan as `terraform show -json` writes it. The message says what they are instead, and never repeats them. */
export class NotAPlan extends Error {
  override readonly name = 'NotAPlan';
}
