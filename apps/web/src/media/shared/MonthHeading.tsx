import { capital, inLanguage, useToday } from '../../app/time.ts';
import './shared.css';

const near = inLanguage({ month: 'long' });
const far = inLanguage({ month: 'long', year: 'numeric' });

/** "November", "July 2024". `at`: a time in it, ms. */
export function MonthHeading({ at }: { readonly at: number }) {
  const thisYear = new Date(useToday()).getFullYear() === new Date(at).getFullYear();
  return <h2 className="kith-shared-heading">{capital((thisYear ? near : far).format(at))}</h2>;
}
