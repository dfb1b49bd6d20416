// Counties by their names, and which of them one's roles are for.
import { me, type County, type Me } from './api';
import { said, w } from './words';

/// Of a county of the hub; else what stands for another.
export const countyName = (code: string, other = code) => said(me.value?.counties.find((one) => one.county === code)) || other;
/// Of a right.
export const placeOf = (codes: string[]) => (codes.length ? codes.map((code) => countyName(code)).join(' ') : w('city'));

/// Whether one of these roles is for this county; for the whole city where it is empty.
export function reaches(rights: Me['roles'], roles: readonly string[], county: string): boolean {
  return rights.some((one) => roles.includes(one.role) && (one.counties.length === 0 || one.counties.includes(county)));
}
/// Those that lists for these roles may be asked for.
export function reached(rights: Me['roles'], roles: readonly string[], counties: County[]): County[] {
  return counties.filter((one) => reaches(rights, roles, one.county));
}
/// Whether these roles see all that a figure of this scope counts: its list is as long as the figure says.
export function seesAll(rights: Me['roles'], roles: readonly string[], scope: { is_city: boolean; counties: string[] }): boolean {
  return (scope.is_city ? [''] : scope.counties).every((county) => reaches(rights, roles, county));
}
