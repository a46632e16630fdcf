/** The door: which step somebody is at, and what they typed so far. The steps are rooms of their own; steps.ts leads between them. */
import type { SignInStep } from '@kith/client';
import type { SignInOptions } from '@kith/protocol';
import { lazy, Suspense, use, useReducer, useState } from 'react';
import { admit } from '../app/session.ts';
import type { Key } from '../i18n/index.ts';
import { CodeStep } from './CodeStep.tsx';
import type { Values } from './check.ts';
import { FactorStep } from './FactorStep.tsx';
import { ForgotPassword } from './ForgotPassword.tsx';
import { Invited } from './Invited.tsx';
import { pendingInvite } from './invited.ts';
import { KeepAccount } from './KeepAccount.tsx';
import { keptStep, useKeptStep } from './keptStep.ts';
import { LinkOver } from './LinkOver.tsx';
import { ResetPassword } from './ResetPassword.tsx';
import { SignIn } from './SignIn.tsx';
import { SignUp } from './SignUp.tsx';
import { type Entry, firstStep, type Move, next } from './steps.ts';
import { UndoEmail } from './UndoEmail.tsx';
import './auth.css';

// Most come another way.
const PhoneStep = lazy(async () => ({ default: (await import('./PhoneSteps.tsx')).PhoneStep }));
const NameStep = lazy(async () => ({ default: (await import('./PhoneSteps.tsx')).NameStep }));

export interface AuthScreenProps {
  readonly notice: Key | undefined;
  /** Suspends until it is known. */
  readonly options: Promise<SignInOptions>;
  readonly entry: Entry | undefined;
}

/** What every step is given. */
export interface Door {
  readonly offers: SignInOptions & { readonly first: boolean };
  readonly values: Values;
  readonly set: (change: Partial<Values>) => void;
  readonly move: (move: Move) => void;
  /** On to where the server's answer leads. `email`: where a code would be. */
  readonly proceed: (reply: SignInStep, email: string | null) => Promise<void>;
}

export function AuthScreen({ notice, options, entry }: AuthScreenProps) {
  const offered = use(options);
  const first = !offered.hasAccounts;
  const [step, move] = useReducer(
    next,
    undefined,
    () => (entry ? undefined : keptStep()) ?? firstStep(entry, first, notice, pendingInvite()),
  );
  useKeptStep(step, move);
  const [values, setValues] = useState<Values>({ email: '', password: '', username: '', displayName: '' });
  const door: Door = {
    offers: { ...offered, first },
    values,
    set: (change) => setValues((before) => ({ ...before, ...change })),
    move,
    proceed: async (reply, email) => {
      if (reply.type === 'signed_in') await admit(reply);
      else move({ type: 'asked', reply, email });
    },
  };
  switch (step.type) {
    case 'sign_in':
      return <SignIn key={step.type} door={door} notice={step.notice} />;
    case 'sign_up':
      return <SignUp key={step.type} door={door} notice={step.notice} />;
    case 'code':
      return <CodeStep key={step.ticket} door={door} step={step} />;
    case 'phone':
      return (
        <Suspense fallback={null}>
          <PhoneStep door={door} notice={step.notice} />
        </Suspense>
      );
    case 'name':
      return (
        <Suspense fallback={null}>
          <NameStep key={step.ticket} door={door} step={step} />
        </Suspense>
      );
    case 'factor':
      return <FactorStep key={step.ticket} door={door} step={step} />;
    case 'forgot':
    case 'mailed':
      return (
        <ForgotPassword key={step.type} door={door} mailed={step.type === 'mailed' ? step.email : null} />
      );
    case 'reset':
      return <ResetPassword key={step.type} door={door} step={step} />;
    case 'keep':
      return <KeepAccount key={step.type} door={door} token={step.token} />;
    case 'undo':
      return <UndoEmail key={step.type} door={door} token={step.token} />;
    case 'invite':
      return <Invited key={step.type} door={door} token={step.token} />;
    case 'link_over':
      return <LinkOver key={step.type} door={door} of={step.of} />;
  }
}
