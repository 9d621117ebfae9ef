const known = ['operator', 'coach', 'school-leader', 'analyst'] as const;

/** The catalogue key of a role; a role that this screen does not know is shown as "member". */
export const roleKey = (role: string): `role.${(typeof known)[number] | 'other'}` => `role.${known.find((entry) => entry === role) ?? 'other'}`;

/** Coaches and operators record what happens in schools; the services refuse the others too. */
export const mayRecord = (roles: readonly string[]): boolean => roles.includes('operator') || roles.includes('coach');

/** Rosters, initiatives and districts are the operator's. */
export const mayOperate = (roles: readonly string[]): boolean => roles.includes('operator');

/** Services and their engines are those of all districts: seeing and mending them takes an operator who may see all of them. */
export const mayRun = (roles: readonly string[], districts: readonly string[] | '*'): boolean => mayOperate(roles) && (districts === '*' || districts.includes('*'));
