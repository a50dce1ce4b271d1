const color = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);

/** Prints the demo as numbered steps, and fails it where something is not as it should be. */
export class Narrator {
  #step = 0;
  #reader: URL;

  /** @param resource - the URL that the client is given; `app` in the output stands for its origin */
  constructor(resource: string) {
    this.#reader = new URL(resource);
  }

  chapter(title: string): void {
    process.stdout.write(`\n${paint(1, title)}\n`);
  }

  note(text: string): void {
    process.stdout.write(`     ${paint(2, text)}\n`);
  }

  /** @throws {Error} when `holds` is false: the demo shows what works, or fails */
  check(holds: boolean, text: string): void {
    if (!holds) throw new Error(`Not as it should be: ${text}`);
    process.stdout.write(`     ${paint(32, '✓')} ${text}\n`);
  }

  /** One HTTP exchange: method, URL, status, and the parts that led to the next step. */
  exchange(who: string, method: string, url: URL, status: number, details: readonly string[]): void {
    this.#step += 1;
    const number = String(this.#step).padStart(3);
    const place = url.origin === this.#reader.origin ? 'app' : 'authkit';
    const outcome = paint(status < 400 ? 32 : 33, String(status));
    process.stdout.write(`${number}  ${who} → ${place.padEnd(7)} ${method} ${url.pathname} ${outcome}\n`);
    for (const detail of details) process.stdout.write(`       ${paint(2, detail)}\n`);
  }
}
