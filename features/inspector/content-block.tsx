import type { ContentBlock as Block } from '@modelcontextprotocol/client';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { cleanLines, sanitize } from '#lib/text/sanitize.ts';
import { JsonView } from './json-view.tsx';

const RASTER = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A content block as text, or as an image when it is a raster image; never as markup. */
export function ContentBlock({ block }: { block: Block }) {
  switch (block.type) {
    case 'text':
      return <Text text={block.text} />;
    case 'image':
      return RASTER.has(block.mimeType) && BASE64.test(block.data) ? (
        <img
          alt="From the server"
          src={`data:${block.mimeType};base64,${block.data}`}
          className="max-h-80 max-w-full"
        />
      ) : (
        <NotShown what={`image of type ${block.mimeType}`} />
      );
    case 'audio':
      return <NotShown what={`audio of type ${block.mimeType}`} />;
    case 'resource_link':
      return (
        <p className="text-sm">
          Resource <code className="wrap-anywhere">{sanitize(block.uri, 300)}</code>{' '}
          <span className="text-muted-foreground">{sanitize(block.title ?? block.name, 120)}</span>
        </p>
      );
    case 'resource':
      return 'text' in block.resource ? (
        <Text text={block.resource.text} title={block.resource.uri} />
      ) : (
        <NotShown what={`binary resource ${sanitize(block.resource.uri, 200)}`} />
      );
  }
}

function Text({ text, title = 'Text' }: { text: string; title?: string }) {
  const json = parsed(text);
  const name = sanitize(title, 200);
  return json === undefined ? (
    <CodeBlock title={name} code={cleanLines(text)} />
  ) : (
    <JsonView title={name} value={json} />
  );
}

/** A text that is a JSON object or list; undefined for any other. */
function parsed(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function NotShown({ what }: { what: string }) {
  return (
    <p className="text-sm text-muted-foreground">Not shown: {sanitize(what, 200)}. See the raw result.</p>
  );
}
