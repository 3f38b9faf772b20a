import { lazy, Suspense, useEffect } from 'react';
import { Redirect, Route, Switch, useLocation, useSearchParams } from 'wouter';
import { ErrorBoundary } from './frame/error-boundary.tsx';
import { Frame } from './frame/frame.tsx';
import { NotFound } from './frame/not-found.tsx';
import { KeyboardsPage } from './keyboards/keyboards-page.tsx';
import { askForRemoteKeymap } from './workspace/remote-address.ts';

// The first page is in the first bundle; the others come when they are opened.
const EditorPage = lazy(() => import('./editor/editor-page.tsx'));
const BuildsPage = lazy(() => import('./builds/builds-page.tsx'));
const ComparePage = lazy(() => import('./builds/compare-page.tsx'));
const FlashPage = lazy(() => import('./flash/flash-page.tsx'));
const TreesPage = lazy(() => import('./trees/trees-page.tsx'));
const HealthPage = lazy(() => import('./health/health-page.tsx'));
const ServicePage = lazy(() => import('./service/service-page.tsx'));
const AboutPage = lazy(() => import('./about/about-page.tsx'));
const SettingsPage = lazy(() => import('./settings/settings-page.tsx'));

/** Every page by its address, inside the frame. */
export function App() {
  const [location] = useLocation();
  return (
    <Frame>
      <ErrorBoundary page={location}>
        <Suspense fallback={null}>
          <Switch>
            <Route path="/" component={FirstPage} />
            <Route path="/keyboards" component={KeyboardsPage} />
            <Route path="/editor/*?" component={EditorPage} />
            <Route path="/builds/:id?" component={BuildsPage} />
            <Route path="/compare/:one/:other?" component={ComparePage} />
            <Route path="/flash/:tab?/:id?" component={FlashPage} />
            <Route path="/trees" component={TreesPage} />
            <Route path="/health" component={HealthPage} />
            <Route path="/service/:tab?/*?" component={ServicePage} />
            <Route path="/about" component={AboutPage} />
            <Route path="/settings" component={SettingsPage} />
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </ErrorBoundary>
    </Frame>
  );
}

/** `?import=<address>`, as `kiln://import` and links of other pages have it: asks about it on the way. */
function FirstPage() {
  const address = useSearchParams()[0].get('import');
  useEffect(() => {
    if (address !== null) askForRemoteKeymap(address);
  }, [address]);
  return <Redirect to="/keyboards" replace />;
}
