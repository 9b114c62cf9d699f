/** Names of the two messages between page, preload script and main process; the renderer knows them too. */
export const PORT = 'hearth:port';
export const PORT_PLEASE = 'hearth:port-please';
