import type { LocalPerson } from './token-issuer.js';

/** Whom one can sign in as where the development sign-in is switched on; they may see every district. */
export const developmentPeople: readonly LocalPerson[] = [
  { personId: 'development-operator', name: 'Operator', role: 'operator', description: 'Imports rosters, records and corrects. For development.', districts: '*' },
  { personId: 'development-coach', name: 'Coach', role: 'coach', description: 'Records what happens in schools. For development.', districts: '*' },
  { personId: 'development-leader', name: 'School leader', role: 'school-leader', description: 'Follows a school. For development.', districts: '*' },
  { personId: 'development-analyst', name: 'Analyst', role: 'analyst', description: 'Asks what was known, and when. For development.', districts: '*' },
];
