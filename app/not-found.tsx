import SiteLayout from './(site)/layout.tsx';
import NotFound, { metadata } from './(site)/not-found.tsx';

export { metadata };

/** An address that no route matches. Next renders it outside of any layout of a group. */
export default function UnmatchedAddress() {
  return (
    <SiteLayout>
      <NotFound />
    </SiteLayout>
  );
}
