import { buttonClass } from '#components/ui/button.tsx';
import { cn } from '#components/ui/cn.ts';
import { Link } from '#components/ui/link.tsx';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';

/** Opens the inspector on this server. */
export function TryIt({ step }: { step: string }) {
  return (
    <Link
      href={`/inspector?url=${encodeURIComponent(resourceUrl(config()))}`}
      className={cn(buttonClass('secondary', 'small'), 'print:hidden')}
    >
      Try it in the inspector
      <span className="sr-only">: {step}</span>
    </Link>
  );
}
