// What each role finds: a page it may not open is absent, not grey.
export interface Place { path: string; name: string; roles: string[] }

export const casework = ['officer', 'acceptor', 'receiver', 'checker'];
export const vehicles = ['officer', 'acceptor', 'receiver'];
export const business = ['viewer', ...casework, 'policy', 'policy_approver'];

export const navigation: { name: string; places: Place[] }[] = [
  { name: 'nav.watch', places: [
    { path: '/', name: 'overview', roles: business },
    { path: '/counties', name: 'counties', roles: business },
    { path: '/stations', name: 'stations', roles: business },
    { path: '/non-returns', name: 'non_returns', roles: vehicles },
    { path: '/suspects', name: 'suspects', roles: casework },
    { path: '/holds', name: 'holds', roles: casework },
    { path: '/alarms', name: 'alarms', roles: casework },
  ] },
  { name: 'nav.act', places: [{ path: '/cases', name: 'cases', roles: casework }, { path: '/vehicles', name: 'vehicles', roles: vehicles }] },
  { name: 'nav.grounds', places: [{ path: '/policy', name: 'policy', roles: business }] },
  { name: 'nav.manage', places: [
    { path: '/system', name: 'system', roles: ['system_admin'] },
    { path: '/accounts', name: 'accounts', roles: ['system_admin', 'security_admin'] },
    { path: '/audit', name: 'audit', roles: ['auditor'] },
  ] },
];
/// Groups with the places that any of these roles may open.
export function navigationOf(roles: string[]) {
  return navigation
    .map((group) => ({ name: group.name, places: group.places.filter((place) => place.roles.some((role) => roles.includes(role))) }))
    .filter((group) => group.places.length > 0);
}
/// Where somebody begins.
export function home(roles: string[]): string {
  return navigationOf(roles)[0]?.places[0]?.path ?? '/me';
}
