const known = ['operator', 'coach', 'school-leader', 'analyst'] as const;

/** The catalogue key of a role; a role that this screen does not know is shown as "member". */
export const roleKey = (role: string): `role.${(typeof known)[number] | 'other'}` => `role.${known.find((entry) => entry === role) ?? 'other'}`;

/** Analysts read every figure and record nothing; the services refuse it too. */
export const mayRecord = (roles: readonly string[]): boolean => roles.some((role) => role !== 'analyst');
