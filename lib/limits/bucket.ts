/** One key in one window, as far as this instance knows it. */
export type Tally = {
  /** Limit and key. */
  readonly name: string;
  /** When the window ends, milliseconds since the epoch by this machine's clock. */
  endsAt: number;
  /** Counted here and not yet added to what all instances counted. */
  unshared: number;
  /** Whether it waits to be shared. */
  inLine: boolean;
  /** Whether all instances together are known to have counted up to the limit: there is nothing more to learn. */
  full: boolean;
  /** Whether anything was refused here because of it. */
  refused: boolean;
  /** Takes over what all instances counted, and when their window ends. */
  raise(sum: number, msLeft: number): void;
};
