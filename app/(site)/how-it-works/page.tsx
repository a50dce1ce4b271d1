import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/page-header.tsx';
import { FlowPicture } from '#features/how-it-works/flow-picture.tsx';
import { RegistrationStory } from '#features/how-it-works/registration-story.tsx';
import { StepSection } from '#features/how-it-works/step-section.tsx';
import { howItWorksSteps } from '#features/how-it-works/steps.ts';
import { config } from '#lib/config/env.ts';

export const metadata: Metadata = {
  title: 'How it works',
  description:
    'How an MCP client gets from a URL to an authorized call, with the live responses of this server.',
};

export default async function HowItWorks() {
  const steps = await howItWorksSteps(config());
  return (
    <>
      <PageHeader
        title="How it works"
        lead="From a URL to an authorized call in seven steps, with the live responses of this deployment."
      />
      <FlowPicture />
      <div className="mt-4 gap-16 sm:mt-12 lg:grid lg:grid-cols-[14rem_minmax(0,1fr)]">
        <nav aria-label="Steps" className="mb-12 self-start text-sm lg:sticky lg:top-8 lg:mb-0">
          <ol className="space-y-1">
            {steps.map(({ id, title }, index) => (
              <li key={id}>
                <a href={`#${id}`} className="flex gap-3 py-1 text-muted-foreground hover:text-foreground">
                  <span className="tabular-nums">{index + 1}</span>
                  {title}
                </a>
              </li>
            ))}
            <li>
              <a href="#registration" className="flex gap-3 py-1 text-muted-foreground hover:text-foreground">
                <span aria-hidden>?</span>
                Why not dynamic client registration
              </a>
            </li>
          </ol>
        </nav>
        <div className="min-w-0">
          {steps.map((step, index) => (
            <StepSection key={step.id} step={step} number={index + 1} />
          ))}
          <RegistrationStory />
        </div>
      </div>
    </>
  );
}
