const color = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);

/** Prints the demo as numbered exchanges, and fails it when a check does not hold. */
export class Reporter {
  #step = 0;
  #chapter = 0;
  #appOrigin: string;

  /** @param resource - URL of the MCP endpoint; its origin is printed as `app` */
  constructor(resource: string) {
    this.#appOrigin = new URL(resource).origin;
  }

  chapter(title: string): void {
    this.#chapter += 1;
    this.heading(`${this.#chapter}. ${title}`);
  }

  heading(text: string): void {
    process.stdout.write(`\n${paint(1, text)}\n`);
  }

  note(text: string): void {
    process.stdout.write(`     ${paint(2, text)}\n`);
  }

  /** @throws {Error} when `holds` is false */
  check(holds: boolean, text: string): void {
    if (!holds) throw new Error(`This check failed: ${text}`);
    process.stdout.write(`     ${paint(32, '✓')} ${text}\n`);
  }

  /** Prints one HTTP exchange: method, path, status, and the parts that lead to the next request. */
  exchange(sender: string, method: string, url: URL, status: number, details: readonly string[]): void {
    this.#step += 1;
    const number = String(this.#step).padStart(3);
    const receiver = url.origin === this.#appOrigin ? 'app' : 'authkit';
    const outcome = paint(status < 400 ? 32 : 33, String(status));
    process.stdout.write(
      `${number}  ${sender} → ${receiver.padEnd(7)} ${method} ${url.pathname} ${outcome}\n`,
    );
    for (const detail of details) process.stdout.write(`       ${paint(2, detail)}\n`);
  }
}
