import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Runs one function of Vercel's build output as Vercel does: requests come with the path of the route that they matched.
 * Arguments: the function's directory, and that path.
 */
const [directory = '.', matchedPath = '/'] = process.argv.slice(2);
// Not under its own name before now: the probe would load a second copy of the driver.
process.env.DATABASE_URL = process.env.FUNCTION_DATABASE_URL;

/** How Next finds what keeps the process alive after a response. This process lives anyway. */
const context = { get: () => ({ waitUntil: () => {} }) };
Object.assign(globalThis, { [Symbol.for('@vercel/request-context')]: context });

const launcher = join(directory, '___next_launcher.cjs');
const handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> =
  createRequire(launcher)(launcher);

createServer((request, response) => {
  request.headers['x-matched-path'] = matchedPath;
  void handle(request, response);
}).listen(Number(process.env.PORT), '127.0.0.1');
