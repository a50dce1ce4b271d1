import { Link } from '#components/ui/link.tsx';

/** The link from the inspector to the checks of client metadata documents. */
export function ClientMetadataLink() {
  return (
    <p className="-mt-2 mb-6 text-sm">
      <Link href="/inspector/client-metadata" className="link">
        Validate a client metadata document
      </Link>
    </p>
  );
}
