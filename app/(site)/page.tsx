import { ClientSetup } from '#features/client-setup/client-setup.tsx';
import { WorksWith } from '#features/client-setup/works-with.tsx';
import { Configuration } from '#features/doctor/configuration-panel.tsx';
import { StateBadges } from '#features/doctor/state-badges.tsx';
import { Home } from '#features/home/home.tsx';
import { DiscoverySequence } from '#features/how-it-works/discovery-sequence.tsx';
import { Introduction } from '#features/landing/introduction.tsx';
import { PageLinks } from '#features/landing/page-links.tsx';
import { ProductPicture } from '#features/landing/product-picture.tsx';
import { currentSession } from '#lib/session/user.ts';

export default async function StartPage() {
  const session = await currentSession();
  if (session !== null && session !== 'unavailable')
    return (
      <>
        <Home user={session} />
        <Configuration />
        <ClientSetup />
      </>
    );
  return (
    <>
      <div className="grid gap-x-16 gap-y-12 pt-8 sm:pt-16 lg:auto-cols-fr lg:grid-flow-col">
        <div className="min-w-0 space-y-8">
          <Introduction />
          <WorksWith />
        </div>
        <DiscoverySequence />
      </div>
      <StateBadges />
      <Configuration />
      <ProductPicture />
      <ClientSetup />
      <PageLinks />
    </>
  );
}
