import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type Stack, startStack } from './stack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where test files ask for the stack that they share; see `shared-stack.ts`. */
    stackOffice: string;
  }
}

/**
 * Lets all test files of a run share one stack, which starts when the first of them asks for it: a run of files
 * that need none stays quick.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let stack: Promise<Stack> | undefined;
  const office = createServer(async (request, response) => {
    try {
      stack ??= startStack();
      const { appUrl, authkitUrl, logs } = await stack;
      response.end(request.url === '/logs' ? logs() : JSON.stringify({ appUrl, authkitUrl }));
    } catch (error) {
      response.writeHead(500).end(error instanceof Error ? error.message : String(error));
    }
  });
  await new Promise<void>((resolve) => office.listen(0, '127.0.0.1', resolve));
  const { port } = office.address() as AddressInfo;
  project.provide('stackOffice', `http://127.0.0.1:${port}`);
  return async () => {
    office.close();
    // The test that requested a stack has the error of its start.
    const started = await stack?.catch(() => undefined);
    await started?.stop();
  };
}
