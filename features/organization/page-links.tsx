import type { Route } from 'next';
import { buttonClass } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';

/** The links to the first and the next page, each where there is one. */
export function PageLinks({ first, next }: { first: Route | undefined; next: Route | undefined }) {
  return (
    <span className="ml-auto flex flex-wrap gap-2">
      {first !== undefined && (
        <Link className={buttonClass('secondary', 'small')} href={first}>
          First page
        </Link>
      )}
      {next !== undefined && (
        <Link className={buttonClass('secondary', 'small')} href={next}>
          Next page
        </Link>
      )}
    </span>
  );
}
