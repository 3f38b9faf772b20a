import { notifyManager, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import './theme/tokens.css';
import './theme/base.css';
import { ServiceError } from './api/client.ts';
import { askWhetherGone } from './api/service-state.ts';
import { startSession } from './api/session.ts';
import { App } from './app.tsx';
import { pickLanguage, startI18n } from './i18n/i18n.ts';
import { applyTheme, preferences } from './settings/preferences.ts';

/** Where the service serves the window; Vite's `base` without its last slash. */
const BASE = '/app';

// An answer is drawn in the task that brings it. By default that waits for a timer, and each answer for one frame more.
notifyManager.setScheduler(queueMicrotask);

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => askWhetherGone(queries, error) }),
  defaultOptions: {
    queries: {
      // A refusal stays one; a service that restarts is asked again by the health query, not by each.
      retry: (count, error) => error instanceof ServiceError && error.isGone && count < 2,
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

async function start(root: HTMLElement): Promise<void> {
  const { theme, language } = preferences();
  applyTheme(theme);
  await Promise.all([startI18n(pickLanguage(language, navigator.languages)), startSession()]);
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Router base={BASE}>
          <App />
        </Router>
      </QueryClientProvider>
    </StrictMode>,
  );
}

const root = document.getElementById('root');
if (root !== null) await start(root);
