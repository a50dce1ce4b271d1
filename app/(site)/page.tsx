import { CopyField } from '#components/copy-field.tsx';
import { PageHeader } from '#components/page-header.tsx';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';

export default function Landing() {
  return (
    <>
      <PageHeader
        title={config().serverName}
        lead="An MCP server that any client can use knowing only its URL."
      />
      <CopyField label="Server URL" value={resourceUrl(config())} />
    </>
  );
}
