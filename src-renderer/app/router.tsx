import {
  createBrowserHistory,
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  redirect,
} from '@tanstack/react-router';
import { AlertsPage } from '../pages/alerts/AlertsPage.tsx';
import { parseAlertsSearch } from '../pages/alerts/alerts-search.ts';
import { HomePage } from '../pages/home/HomePage.tsx';
import { QueryPage } from '../pages/query/QueryPage.tsx';
import { parseQuerySearch } from '../pages/query/query-search.ts';
import { SettingsPage } from '../pages/settings/SettingsPage.tsx';
import { NewSilencePage, parseNewSilenceSearch } from '../pages/silences/NewSilencePage.tsx';
import { SilencesPage } from '../pages/silences/SilencesPage.tsx';
import { parseSilencesSearch } from '../pages/silences/silences-search.ts';
import { TargetsPage } from '../pages/targets/TargetsPage.tsx';
import { parseTargetsSearch } from '../pages/targets/targets-search.ts';
import { NoSuchPage, PageCrash } from './PageTrouble.tsx';
import { Shell } from './Shell.tsx';
import { fromClassicGraph, parseSearch, printSearch } from './search-params.ts';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NoSuchPage });

const homeRoute = createRoute({ getParentRoute: () => rootRoute, path: '/', component: HomePage });

const queryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/query',
  validateSearch: parseQuerySearch,
  component: function Query() {
    const navigate = queryRoute.useNavigate();
    return <QueryPage search={queryRoute.useSearch()} onSearch={(search) => navigate({ search, replace: true })} />;
  },
});

const graphRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/graph',
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/query', search: fromClassicGraph(search), replace: true });
  },
});

const targetsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/targets',
  validateSearch: parseTargetsSearch,
  component: function Targets() {
    const navigate = targetsRoute.useNavigate();
    return <TargetsPage search={targetsRoute.useSearch()} onSearch={(search) => navigate({ search, replace: true })} />;
  },
});

const alertsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/alerts',
  validateSearch: parseAlertsSearch,
  component: function Alerts() {
    const navigate = alertsRoute.useNavigate();
    return <AlertsPage search={alertsRoute.useSearch()} onSearch={(search) => navigate({ search, replace: true })} />;
  },
});

const silencesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/silences',
  validateSearch: parseSilencesSearch,
  component: function Silences() {
    const navigate = silencesRoute.useNavigate();
    return (
      <SilencesPage search={silencesRoute.useSearch()} onSearch={(search) => navigate({ search, replace: true })} />
    );
  },
});

const newSilenceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/silences/new',
  validateSearch: parseNewSilenceSearch,
  component: function NewSilence() {
    return <NewSilencePage search={newSilenceRoute.useSearch()} />;
  },
});

const settingsRoute = createRoute({ getParentRoute: () => rootRoute, path: '/settings', component: SettingsPage });

const routeTree = rootRoute.addChildren([
  homeRoute,
  queryRoute,
  graphRoute,
  targetsRoute,
  alertsRoute,
  silencesRoute,
  newSilenceRoute,
  settingsRoute,
]);

/** In Electron the route is the fragment (app://hearth/#/query): a reload finds the file whatever the route is. */
export function createWindowRouter(inElectron: boolean) {
  return createRouter({
    routeTree,
    history: inElectron ? createHashHistory() : createBrowserHistory(),
    parseSearch,
    stringifySearch: printSearch,
    defaultErrorComponent: PageCrash,
    defaultPendingMs: 150,
  });
}

export type WindowRouter = ReturnType<typeof createWindowRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: WindowRouter;
  }
}
