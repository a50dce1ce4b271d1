import { config } from '#lib/config/env.ts';
import { FlowPicture } from './flow-picture.tsx';
import { REGISTRATION_STORY, RegistrationStory } from './registration-story.tsx';
import { StepList } from './step-list.tsx';
import { StepSection } from './step-section.tsx';
import { howItWorksSteps } from './steps.ts';

/** The steps from a URL to an authorized call, with a table of contents. */
export async function HowItWorks() {
  const steps = await howItWorksSteps(config());
  return (
    <>
      <FlowPicture />
      <div className="mt-4 gap-16 sm:mt-12 lg:grid lg:grid-cols-[14rem_minmax(0,1fr)] print:block">
        <nav aria-label="Steps" className="mb-12 self-start text-sm lg:sticky lg:top-8 lg:mb-0 print:hidden">
          <StepList
            steps={[...steps, REGISTRATION_STORY].map(({ id, title }, index) => ({
              id,
              title,
              number: index < steps.length ? String(index + 1) : '?',
            }))}
          />
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
