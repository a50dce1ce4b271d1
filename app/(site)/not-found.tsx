import type { Metadata } from 'next';
import { buttonClass } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

export const metadata: Metadata = { title: 'Page not found' };

/** Inside the frame: a page that has nothing to show for its address. */
export default function NotFound() {
  return (
    <>
      <PageHeader title="Page not found" lead="The page does not exist, or you have no access to it." />
      <Link href="/" className={buttonClass()}>
        Go to home
      </Link>
    </>
  );
}
