import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { EngineClient } from '../ipc/client.ts';
import { EngineProvider } from '../ipc/engine-context.tsx';
import { EngineError } from '../ipc/engine-error.ts';
import { cssVariables, theme } from '../ui/theme.ts';
import { rememberState } from './remember-state.ts';
import type { WindowRouter } from './router.tsx';

interface AppProps {
  readonly engine: EngineClient;
  readonly router: WindowRouter;
}

/** The same key as in public/theme.js. */
const colorSchemes = localStorageColorSchemeManager({ key: 'hearth-theme' });

export function App({ engine, router }: AppProps) {
  const [cache] = useState(createCache);
  useEffect(() => rememberState(engine), [engine]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
    >
      <EngineProvider engine={engine}>
        <QueryClientProvider client={cache}>
          <RouterProvider router={router} />
          <Notifications limit={3} position="bottom-right" />
        </QueryClientProvider>
      </EngineProvider>
    </MantineProvider>
  );
}

const RETRIES = 8;

/** The engine is beside us: no network to wait for, and only its absence is worth asking again for. */
function createCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        staleTime: 1000,
        gcTime: 120_000,
        // Replies hold columns of doubles: comparing them deeply costs more than drawing them.
        structuralSharing: false,
        retry: (count, error) => error instanceof EngineError && error.kind === 'unavailable' && count < RETRIES,
        retryDelay: (count) => Math.min(2000, 200 * 2 ** count),
      },
      mutations: { networkMode: 'always' },
    },
  });
}
