/** Schedules a task to run after the response, like `after` of `next/server`. */
export type Schedule = (task: () => void | Promise<void>) => void;
