import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import './app/global.css';

import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';

import { sessionQuery } from './api/queries.js';
import { makeQueryClient } from './api/query-client.js';
import { i18n, startI18n } from './app/i18n/index.js';
import { ReadyGate } from './app/ReadyGate.js';
import { makeRouter } from './app/router.js';
import { cssVariables, theme } from './app/theme.js';

const queryClient = makeQueryClient(() => {
  queryClient.removeQueries(sessionQuery);
  void router.invalidate();
});
const router = makeRouter(queryClient);

const start = async (): Promise<void> => {
  await startI18n();
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no element #root');
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={i18n}>
        <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={cssVariables}>
          <QueryClientProvider client={queryClient}>
            <ReadyGate>
              <RouterProvider router={router} />
            </ReadyGate>
          </QueryClientProvider>
        </MantineProvider>
      </I18nextProvider>
    </StrictMode>,
  );
};

void start();
