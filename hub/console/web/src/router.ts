import { nextTick } from 'vue';
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { me } from './api';
import { home } from './navigation';
import { w, withWords } from './words';

const page = (path: string, name: string, component: RouteRecordRaw['component']): RouteRecordRaw => ({ path, name, component: component! });
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { ...page('/sign-in', 'sign_in', () => import('./pages/SignIn.vue')), meta: { open: true } },
    { ...page('/setup', 'setup', () => import('./pages/Setup.vue')), meta: { open: true } },
    { ...page('/second-factor', 'second_factor', () => import('./pages/SecondFactor.vue')), meta: { open: true } },
    page('/', 'overview', () => import('./pages/Overview.vue')),
    page('/counties', 'counties', () => import('./pages/Counties.vue')),
    page('/counties/:county', 'county', () => withWords('cases', import('./pages/County.vue'))),
    page('/stations', 'stations', () => import('./pages/Stations.vue')),
    page('/stations/:station', 'station', () => import('./pages/Station.vue')),
    page('/non-returns', 'non_returns', () => import('./pages/NonReturns.vue')),
    page('/suspects', 'suspects', () => import('./pages/Suspects.vue')),
    page('/suspects/:flag', 'suspect', () => withWords('cases', import('./pages/Suspect.vue'))),
    page('/cases', 'cases', () => withWords('cases', import('./pages/Cases.vue'))),
    page('/cases/new', 'case_new', () => withWords('cases', import('./pages/CaseNew.vue'))),
    page('/cases/:no', 'case', () => withWords('cases', import('./pages/Case.vue'))),
    page('/holds', 'holds', () => import('./pages/Holds.vue')),
    page('/alarms', 'alarms', () => withWords('manage', import('./pages/Alarms.vue'))),
    page('/policy', 'policy', () => withWords('policy', import('./pages/Policy.vue'))),
    page('/system', 'system', () => withWords('manage', import('./pages/System.vue'))),
    page('/vehicles', 'vehicles', () => import('./pages/Vehicles.vue')),
    page('/vehicles/of/:record', 'vehicle', () => import('./pages/Vehicle.vue')),
    page('/accounts', 'accounts', () => withWords('cases', withWords('manage', import('./pages/Accounts.vue')))),
    page('/audit', 'audit', () => withWords('manage', import('./pages/Audit.vue'))),
    page('/me', 'me', () => import('./pages/Me.vue')),
    page('/:rest(.*)*', 'nothing', () => import('./pages/Nothing.vue')),
  ],
});

router.beforeEach((to) => {
  if (to.meta.open) return true;
  if (!me.value) return { path: '/sign-in', query: to.fullPath === '/' ? {} : { back: to.fullPath } };
  if (!me.value.second_factor) return '/second-factor';
  const roles = me.value.roles.map((one) => one.role);
  if (to.path === '/' && home(roles) !== '/') return home(roles);
  return true;
});
router.afterEach((to, from) => {
  document.title = `${w('page.' + String(to.name))} · ${w('name')}`;
  if (from.path !== to.path && from.matched.length > 0) void nextTick(() => document.querySelector<HTMLElement>('h1')?.focus());
});
