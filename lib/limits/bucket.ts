/** The count of one key in one window, as far as this instance knows it. */
export type Bucket = {
  /** Limit and key. */
  readonly name: string;
  /** When the window ends, milliseconds since the epoch by this machine's clock. */
  endsAt: number;
  /** Counted here and not yet added to the sum of all instances. */
  unshared: number;
  /** Whether it is queued to be shared. */
  queued: boolean;
  /** Whether the sum of all instances is known to have reached the limit: there is no need to ask again. */
  saturated: boolean;
  /** Whether anything was refused here because of it. */
  refused: boolean;
  /** Takes over the sum of all instances, and when their window ends. */
  applyShared(sum: number, msLeft: number): void;
};
