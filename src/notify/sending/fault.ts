/** Why a message did not get through. */
export class DeliveryFault extends Error {
  override readonly name = 'DeliveryFault';
  /** Whether it may get through when it is tried again. */
  readonly again: boolean;
  /** How long whoever was asked wants to be left alone; null: not said. */
  readonly waitMs: number | null;

  constructor(reason: string, about: { readonly again: boolean; readonly waitMs?: number | null }) {
    super(reason);
    this.again = about.again;
    this.waitMs = about.waitMs ?? null;
  }
}
