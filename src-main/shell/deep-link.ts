/** Links that other programs open: hearth://alerts?fingerprint=... */
export const LINK_SCHEME = 'hearth';

const MAX_LINK_LENGTH = 20_000;

/** Route of the window that a link asks for, or null when it is none of ours. Links are input of strangers. */
export function routeOfLink(link: string): string | null {
  if (link.length > MAX_LINK_LENGTH || !link.startsWith(`${LINK_SCHEME}://`) || !URL.canParse(link)) return null;
  const url = new URL(link);
  const route = [url.host, ...url.pathname.split('/')].filter((part) => part !== '').join('/');
  if (!/^[a-z0-9/-]*$/.test(route)) return null;
  return `/${route}${url.search}`;
}

/** The first link among the arguments of a launch. */
export function routeInArguments(args: readonly string[]): string | null {
  for (const arg of args) {
    const route = routeOfLink(arg);
    if (route !== null) return route;
  }
  return null;
}
