import { CopyField } from '#components/ui/copy-field.tsx';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';

/** Headline, one sentence, and the URL of the MCP server. */
export function Introduction() {
  return (
    <>
      <div>
        <h1 className="text-4xl tracking-tight sm:text-5xl">Connect any MCP client with just a URL</h1>
        <p className="mt-5 max-w-[52ch] text-lg text-muted-foreground">
          Paste the URL into Claude, ChatGPT, Cursor or any MCP client, sign in, approve. No API keys, no
          client registration.
        </p>
      </div>
      <CopyField label="Server URL" value={resourceUrl(config())} />
    </>
  );
}
