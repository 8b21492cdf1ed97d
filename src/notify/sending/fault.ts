interface AboutFault {
  /** Whether it may get through when it is tried again. */
  readonly again: boolean;
  /** How long whoever was asked wants to be left alone; null, as by default: not said. */
  readonly waitMs?: number | null;
  /** Some of those that it is for have it: to send it again would tell them twice. False by default. */
  readonly inPart?: boolean;
}

/** Why a message did not get through. */
export class DeliveryFault extends Error {
  override readonly name = 'DeliveryFault';
  readonly again: boolean;
  readonly waitMs: number | null;
  readonly inPart: boolean;

  constructor(reason: string, { again, waitMs = null, inPart = false }: AboutFault) {
    super(reason);
    this.again = again;
    this.waitMs = waitMs;
    this.inPart = inPart;
  }
}
