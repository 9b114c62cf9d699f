/** The routing tree of alertmanager.yml (config/config.go, dispatch/route.go). */
import { checkRegex, MatcherError, parseMatchers, sortMatchers } from './alert-matchers.ts';
import type { RouteConfig, RouteMatcher } from './alertmanager-config.ts';
import type { YamlMap } from './yaml-map.ts';

const ROUTE_KEYS = new Set([
  'receiver',
  'group_by',
  'continue',
  'matchers',
  'match',
  'match_re',
  'group_wait',
  'group_interval',
  'repeat_interval',
  'mute_time_intervals',
  'active_time_intervals',
  'labels',
  'routes',
]);
/** Deeper trees are refused. */
const MAX_DEPTH = 100;

/** What a node takes from its parent. */
type Inherited = Pick<
  RouteConfig,
  'receiver' | 'groupBy' | 'groupByAll' | 'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs' | 'labels'
>;

const ROOT_DEFAULTS: Inherited = {
  receiver: '',
  groupBy: [],
  groupByAll: false,
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 14_400_000,
  labels: {},
};

/** Names that routes may use. */
export interface RouteNames {
  readonly receivers: ReadonlySet<string>;
  readonly timeIntervals: ReadonlySet<string>;
}

export function readRootRoute(root: YamlMap, names: RouteNames): RouteConfig {
  if (!root.has('route')) root.fail('route', 'no route provided in config');
  const section = root.map('route', 'config.Route', ROUTE_KEYS);
  if (section.string('receiver') === '') section.fail('receiver', 'root route must specify a default receiver');
  for (const key of ['match', 'match_re', 'matchers'] as const)
    if (section.has(key)) section.failKey(key, 'root route must not have any matchers');
  if (section.has('mute_time_intervals'))
    section.failKey('mute_time_intervals', 'root route must not have any mute time intervals');
  if (section.has('active_time_intervals'))
    section.failKey('active_time_intervals', 'root route must not have any active time intervals');
  if (section.bool('continue', false)) section.fail('continue', 'cannot have continue in root route');
  return readRoute(section, { inherited: ROOT_DEFAULTS, names, depth: 0 });
}

interface RouteContext {
  readonly inherited: Inherited;
  readonly names: RouteNames;
  readonly depth: number;
}

function readRoute(section: YamlMap, context: RouteContext): RouteConfig {
  const { names, depth } = context;
  if (depth > MAX_DEPTH) section.source.fail(section.node, 'routes are nested too deeply');
  const own = readInherited(section, context);
  const children = section.maps('routes', {
    typeName: 'config.Route',
    keys: ROUTE_KEYS,
    emptyReason: 'empty route',
  });
  return {
    ...own,
    matchers: readMatchers(section, { equal: 'match', regex: 'match_re', list: 'matchers' }),
    continue: section.bool('continue', false),
    muteTimeIntervals: intervalNames(section, 'mute_time_intervals', names),
    activeTimeIntervals: intervalNames(section, 'active_time_intervals', names),
    routes: children.map((child) => readRoute(child, { inherited: own, names, depth: depth + 1 })),
  };
}

function readInherited(section: YamlMap, { inherited, names }: RouteContext): Inherited {
  const receiver = section.string('receiver') || inherited.receiver;
  if (!names.receivers.has(receiver)) section.fail('receiver', `undefined receiver "${receiver}" used in route`);
  return {
    receiver,
    ...readGroupBy(section, inherited),
    groupWaitMs: section.durationMs('group_wait', inherited.groupWaitMs),
    groupIntervalMs: notZero(section, 'group_interval', inherited.groupIntervalMs),
    repeatIntervalMs: notZero(section, 'repeat_interval', inherited.repeatIntervalMs),
    labels: { ...inherited.labels, ...readLabels(section) },
  };
}

function notZero(section: YamlMap, key: string, fallbackMs: number): number {
  const ms = section.durationMs(key, fallbackMs);
  return ms > 0 ? ms : section.fail(key, `${key} cannot be zero`);
}

function readGroupBy(section: YamlMap, inherited: Inherited): Pick<Inherited, 'groupBy' | 'groupByAll'> {
  if (!section.has('group_by')) return { groupBy: inherited.groupBy, groupByAll: inherited.groupByAll };
  const labels = section.strings('group_by');
  const repeated = labels.find((label, i) => labels.indexOf(label) !== i);
  if (repeated !== undefined) section.fail('group_by', `duplicated label "${repeated}" in group_by`);
  if (labels.includes('')) section.fail('group_by', 'invalid label name "" in group_by list');
  const all = labels.includes('...');
  if (all && labels.length > 1)
    section.fail('group_by', 'cannot have wildcard group_by (`...`) and other labels at the same time');
  return { groupBy: all ? [] : labels, groupByAll: all };
}

function readLabels(section: YamlMap): Readonly<Record<string, string>> {
  const pairs = section.pairs('labels').map(({ name, key, value }) => {
    if (name === '') section.source.fail(key, 'invalid label name "" in route labels');
    return [name, section.source.string(value)];
  });
  return Object.fromEntries(pairs);
}

function intervalNames(section: YamlMap, key: string, names: RouteNames): readonly string[] {
  return section.items(key, 'string').map((item) => {
    const name = section.source.string(item);
    if (!names.timeIntervals.has(name)) section.source.fail(item, `undefined time interval "${name}" used in route`);
    return name;
  });
}

/** The matchers of a route or of one side of an inhibition: two older spellings, and the list. */
export function readMatchers(
  section: YamlMap,
  keys: { readonly equal: string; readonly regex: string; readonly list: string },
): readonly RouteMatcher[] {
  const equal = section
    .pairs(keys.equal)
    .map(({ name, value }): RouteMatcher => ({ name, type: '=', value: section.source.string(value) }));
  const regex = section.pairs(keys.regex).map(({ name, value }): RouteMatcher => {
    // Its key in the tree shows the expression in these brackets, unlike that of `matchers`.
    const matcher: RouteMatcher = { name, type: '=~', value: `^(?:${section.source.string(value)})$` };
    placed(
      () => checkRegex(matcher),
      (reason) => section.source.fail(value, reason),
    );
    return matcher;
  });
  const list = section.items(keys.list, 'string').flatMap((item) =>
    placed(
      () => parseMatchers(section.source.string(item)),
      (reason) => section.source.fail(item, reason),
    ),
  );
  return sortMatchers([...equal, ...regex, ...list]);
}

function placed<T>(read: () => T, fail: (reason: string) => never): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MatcherError) return fail(error.message);
    throw error;
  }
}
