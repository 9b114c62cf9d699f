import { createContext, type ReactNode, use } from 'react';
import type { EngineClient } from './client.ts';

const EngineContext = createContext<EngineClient | null>(null);

export function EngineProvider(props: { readonly engine: EngineClient; readonly children: ReactNode }) {
  return <EngineContext value={props.engine}>{props.children}</EngineContext>;
}

export function useEngine(): EngineClient {
  const engine = use(EngineContext);
  if (engine === null) throw new Error('useEngine needs an EngineProvider above it');
  return engine;
}
