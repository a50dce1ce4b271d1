import manifest from '../../package.json' with { type: 'json' };

/** A file of this project, linked to the `repository` of package.json when that is an https URL. */
export function FileLink({ path }: { path: string }) {
  const { repository } = manifest as { repository?: string | { url?: string } };
  const base = repositoryUrl(typeof repository === 'object' ? repository.url : repository);
  if (base === undefined) return <code>{path}</code>;
  return (
    <a href={`${base}/${path}`} rel="noreferrer" className="link">
      <code>{path}</code>
    </a>
  );
}

/** Where the files of a repository are shown on GitHub, GitLab and others that use one of their two forms. */
export function repositoryUrl(repository: string | undefined): string | undefined {
  const url = URL.parse((repository ?? '').replace(/^git\+/, '').replace(/\.git$/, ''));
  if (url?.protocol !== 'https:') return undefined;
  const path = url.pathname.replace(/\/$/, '');
  return `${url.origin}${path}${url.hostname.includes('gitlab') ? '/-' : ''}/blob/HEAD`;
}
