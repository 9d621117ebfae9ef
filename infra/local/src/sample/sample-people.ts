/** A person of the sample. Nobody of this name works for the district: people and events of the sample are synthetic. */
export interface SamplePerson {
  readonly personId: string;
  readonly name: string;
  readonly role: 'operator' | 'coach' | 'school-leader' | 'analyst';
  readonly description: string;
  /** `'*'`: every district. */
  readonly districts: '*' | readonly string[];
}

const person = (
  personId: string,
  name: string,
  role: SamplePerson['role'],
  description: string,
  districts: SamplePerson['districts'] = ['mnps'],
): SamplePerson => ({ personId, name, role, description: `${description} Synthetic person.`, districts });

export const sampleOperator = person(
  'operator-rivera',
  'Marisol Rivera',
  'operator',
  'District operator: sees every district, imports rosters, records and corrects.',
  '*',
);

export const sampleCoaches = [
  person('coach-abara', 'Chidi Abara', 'coach', 'Instructional coach: records what happens in the schools coached.'),
  person('coach-lindqvist', 'Ingrid Lindqvist', 'coach', 'Instructional coach: records what happens in the schools coached.'),
  person('coach-okafor', 'Ngozi Okafor', 'coach', 'Instructional coach: records what happens in the schools coached.'),
  person('coach-sandoval', 'Teo Sandoval', 'coach', 'Instructional coach: records what happens in the schools coached.'),
  person('coach-whitfield', 'June Whitfield', 'coach', 'Instructional coach: records what happens in the schools coached.'),
  person('coach-yamada', 'Ren Yamada', 'coach', 'Instructional coach: records what happens in the schools coached.'),
] as const;

const leaders = [
  person('leader-boateng', 'Ama Boateng', 'school-leader', 'School leader: follows a school against the plan.'),
  person('leader-castellanos', 'Iris Castellanos', 'school-leader', 'School leader: follows a school against the plan.'),
] as const;

const analysts = [person('analyst-novak', 'Petra Novak', 'analyst', 'Analyst: asks what was known, and when.')] as const;

/** Everyone whom local mode lets one sign in as, the operator first. */
export const samplePeople: readonly [SamplePerson, ...SamplePerson[]] = [sampleOperator, ...sampleCoaches, ...leaders, ...analysts];
