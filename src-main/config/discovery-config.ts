import path from 'node:path';
import type { Node } from 'yaml';
import { type Labels, labelsOf } from '../model/labels.ts';
import type { TargetGroup } from '../model/target-group.ts';
import type { DiscoveryConfig, FileSdConfig } from './scrape-config.ts';
import { FOREIGN_DISCOVERIES, refuse } from './unsupported.ts';
import type { YamlMap } from './yaml-map.ts';

export const TARGET_GROUP_KEYS = new Set(['targets', 'labels']);
const FILE_SD_KEYS = new Set(['files', 'refresh_interval']);
const LOCAL_SD_KEYS = new Set(['refresh_interval']);
const BUILTIN_SD_KEYS = new Set(['exporter']);
const FILE_PATTERN = /^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/;
const DEFAULT_FILE_REFRESH_MS = 300_000;
const DEFAULT_LOCAL_REFRESH_MS = 10_000;

export const DISCOVERY_KEYS: readonly string[] = [
  'static_configs',
  'file_sd_configs',
  'local_sd_configs',
  'builtin_sd_configs',
  ...FOREIGN_DISCOVERIES,
];

/** Every way in which a job finds its targets, those of one kind in the order written. */
export function readDiscovery(section: YamlMap): readonly DiscoveryConfig[] {
  for (const key of FOREIGN_DISCOVERIES) refuse(section, key);
  const groups = readStatic(section);
  const statics: DiscoveryConfig[] = groups.length === 0 ? [] : [{ kind: 'static', groups }];
  return [
    ...statics,
    ...sdMaps(section, 'file_sd_configs', FILE_SD_KEYS).map(
      (sd): DiscoveryConfig => ({ kind: 'file', config: readFileSd(sd) }),
    ),
    ...sdMaps(section, 'local_sd_configs', LOCAL_SD_KEYS).map(
      (sd): DiscoveryConfig => ({
        kind: 'local',
        config: { refreshIntervalMs: positive(sd, 'refresh_interval', DEFAULT_LOCAL_REFRESH_MS) },
      }),
    ),
    ...sdMaps(section, 'builtin_sd_configs', BUILTIN_SD_KEYS).map(
      (sd): DiscoveryConfig => ({
        kind: 'builtin',
        exporter: sd.oneOf('exporter', ['host', 'hearth'], {
          fallback: 'host',
          reason: 'unknown exporter "%s", there are: host, hearth',
        }),
      }),
    ),
  ];
}

function sdMaps(section: YamlMap, key: string, keys: ReadonlySet<string>): readonly YamlMap[] {
  const typeName = `${key.replace('_sd_configs', '')}.SDConfig`;
  return section.maps(key, { typeName, keys, emptyReason: `empty or null section in ${key}` });
}

function positive(section: YamlMap, key: string, fallbackMs: number): number {
  const ms = section.durationMs(key, fallbackMs);
  return ms > 0 ? ms : section.fail(key, `${key} must be greater than 0`);
}

function readStatic(section: YamlMap): readonly TargetGroup[] {
  return section
    .maps('static_configs', {
      typeName: 'targetgroup.Group',
      keys: TARGET_GROUP_KEYS,
      emptyReason: 'empty or null section in static_configs',
    })
    .map((group, i) => readTargetGroup(group, String(i)));
}

/** One `{targets, labels}` of static_configs or of a target file. */
export function readTargetGroup(group: YamlMap, source: string): TargetGroup {
  const targets = group.items('targets', 'string').map((item) => addressLabels(group, item));
  return { source, targets, labels: group.labels('labels', '"%s" is not a valid label name') };
}

/** CheckTargetAddress: an address is no URL. */
function addressLabels(group: YamlMap, item: Node | null): Labels {
  const address = group.source.string(item);
  if (address.includes('/')) group.source.fail(item, `"${address}" is not a valid hostname`);
  return labelsOf([['__address__', address]]);
}

function readFileSd(sd: YamlMap): FileSdConfig {
  const files = sd.items('files', 'string').map((item) => {
    const pattern = sd.source.string(item);
    if (!FILE_PATTERN.test(pattern)) sd.source.fail(item, `path name "${pattern}" is not valid for file discovery`);
    return path.resolve(path.dirname(sd.source.file), pattern);
  });
  if (files.length === 0) sd.source.fail(sd.node, 'file service discovery config must contain at least one path name');
  return { files, refreshIntervalMs: positive(sd, 'refresh_interval', DEFAULT_FILE_REFRESH_MS) };
}
