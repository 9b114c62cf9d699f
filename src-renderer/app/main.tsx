import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import '../ui/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createEngineClient } from '../ipc/client.ts';
import { connectHttp } from '../ipc/http-transport.ts';
import { connectPort } from '../ipc/port-transport.ts';
import { App } from './App.tsx';
import { createWindowRouter } from './router.tsx';

const inElectron = 'hearth' in window;
const engine = createEngineClient(inElectron ? connectPort(window) : connectHttp(window.location.origin));
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App engine={engine} router={createWindowRouter(inElectron)} />
  </StrictMode>,
);
