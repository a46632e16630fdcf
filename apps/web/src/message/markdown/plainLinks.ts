/** Where who wrote is a stranger still, links are words: nothing leads away, and nothing is told by having been there. */
import { createContext } from 'react';

export const PlainLinks = createContext(false);
