/** Runs `task` after the response; Next's `after`. */
export type After = (task: () => void | Promise<void>) => void;
