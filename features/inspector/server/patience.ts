import { NoAnswerError } from './mcp-session.ts';

/** Aborts when the server is silent for too long. */
export class Patience {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  #ended = false;

  /** @param seconds - undefined waits for ever */
  constructor(seconds: number | undefined) {
    if (seconds === undefined) return;
    this.#timer = setTimeout(() => this.#abort.abort(new NoAnswerError(seconds)), seconds * 1000);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  restart(): void {
    if (!this.#ended) this.#timer?.refresh();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}
