import { Link } from '#components/ui/link.tsx';

/** By theme. `npm run screenshots` takes them. */
const PICTURES = [
  { src: '/screenshots/clients-light.webp', className: 'dark:hidden' },
  { src: '/screenshots/clients-dark.webp', className: 'hidden dark:block' },
];

/** What the product looks like: the list of connected clients. */
export function ProductPicture() {
  return (
    <section aria-labelledby="picture" className="mt-24">
      <h2 id="picture" className="text-2xl">
        See every app that acts for you
      </h2>
      <p className="mt-2 max-w-[65ch] text-muted-foreground">
        Each app is listed with what is proven about its identity and when it was last used. Revoke one under{' '}
        <Link className="link" href="/clients">
          Connected clients
        </Link>
        , and its next call is refused.
      </p>
      {PICTURES.map(({ src, className }) => (
        // The picture of the other theme is not displayed, so it is not loaded.
        <img
          key={src}
          src={src}
          alt="The list of connected clients: each with its host or name, how far its identity is proven, when it was last used, and a menu to revoke it"
          width={1280}
          height={640}
          loading="lazy"
          decoding="async"
          className={`mt-8 h-80 w-full rounded-lg border border-border object-cover object-left-top shadow-lg sm:h-auto ${className}`}
        />
      ))}
    </section>
  );
}
