import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect, retainSearchParams } from '@tanstack/react-router';

import { isStatusOf } from '../api/problem.js';
import { sessionQuery } from '../api/queries.js';
import { RootLayout } from './RootLayout.js';
import { changesSearch, districtSearch, overviewSearch, parseQuery, schoolSearch, signInSearch, writeQuery } from './search.js';
import { DistrictLayout } from './shell/DistrictLayout.js';
import { NotFound, PageFailed } from '../ui/Failures.js';
import { PagePending } from '../ui/PagePending.js';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: RootLayout, notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('../pages/start/SignInPage.js'), 'SignInPage'),
});

/** Everything behind it needs a session; without one the sign-in comes first and leads back. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!isStatusOf(error, 401)) throw error;
      throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { next: location.href } });
    }
  },
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/start/HomePage.js'), 'HomePage'),
});

/** A page of its own, so that the district it creates does not lead away before it has led to the import. */
const newDistrict = createRoute({
  getParentRoute: () => signedIn,
  path: '/new-district',
  component: lazyRouteComponent(() => import('../pages/start/FirstRun.js'), 'FirstRun'),
});

const district = createRoute({
  getParentRoute: () => signedIn,
  path: '/d/$district',
  validateSearch: districtSearch,
  search: { middlewares: [retainSearchParams(['initiative', 'effective', 'recorded'])] },
  component: DistrictLayout,
});

const overview = createRoute({
  getParentRoute: () => district,
  path: '/',
  validateSearch: overviewSearch,
  component: lazyRouteComponent(() => import('../pages/district/DistrictPage.js'), 'DistrictPage'),
});

const school = createRoute({
  getParentRoute: () => district,
  path: '/schools/$schoolId',
  validateSearch: schoolSearch,
  component: lazyRouteComponent(() => import('../pages/school/SchoolPage.js'), 'SchoolPage'),
});

const changes = createRoute({
  getParentRoute: () => district,
  path: '/changes',
  validateSearch: changesSearch,
  component: lazyRouteComponent(() => import('../pages/changes/ChangesPage.js'), 'ChangesPage'),
});

const rosterImport = createRoute({
  getParentRoute: () => district,
  path: '/import',
  component: lazyRouteComponent(() => import('../pages/import/ImportPage.js'), 'ImportPage'),
});

const initiatives = createRoute({
  getParentRoute: () => district,
  path: '/initiatives',
  component: lazyRouteComponent(() => import('../pages/initiatives/InitiativesPage.js'), 'InitiativesPage'),
});

/** Beside the districts: it is for when none can be read. */
const platformOperations = createRoute({
  getParentRoute: () => signedIn,
  path: '/operations',
  component: lazyRouteComponent(() => import('../pages/operations/PlatformOperationsPage.js'), 'PlatformOperationsPage'),
});

const operations = createRoute({
  getParentRoute: () => district,
  path: '/operations',
  component: lazyRouteComponent(() => import('../pages/operations/OperationsPage.js'), 'OperationsPage'),
});

const routeTree = root.addChildren([
  signIn,
  signedIn.addChildren([home, newDistrict, platformOperations, district.addChildren([overview, school, changes, rosterImport, initiatives, operations])]),
]);

export const makeRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree,
    context: { queryClient },
    parseSearch: parseQuery,
    stringifySearch: writeQuery,
    defaultPreload: 'intent',
    defaultErrorComponent: PageFailed,
    defaultPendingComponent: PagePending,
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
