import { readTargetGroup, TARGET_GROUP_KEYS } from '../config/discovery-config.ts';
import { rootMaps } from '../config/yaml-map.ts';
import { YamlSource } from '../config/yaml-source.ts';
import { labelEntries, labelsOf } from '../model/labels.ts';
import type { TargetGroup } from '../model/target-group.ts';

/** Most targets taken from one file. */
const MAX_TARGETS = 100_000;

/**
 * The groups of a target file (`[{targets, labels}]`), `__meta_filepath` added. JSON is read as the YAML that it is,
 * so both have places for their mistakes. Throws ConfigError.
 */
export function readTargetFile(text: string, file: string): readonly TargetGroup[] {
  const source = new YamlSource(text, file);
  const groups = rootMaps(source, { typeName: 'targetgroup.Group', keys: TARGET_GROUP_KEYS }).map((section, i) => {
    const group = readTargetGroup(section, `${file}:${i}`);
    return { ...group, labels: labelsOf([...labelEntries(group.labels), ['__meta_filepath', file]]) };
  });
  const count = groups.reduce((sum, group) => sum + group.targets.length, 0);
  if (count > MAX_TARGETS) source.fail(null, `more than ${MAX_TARGETS} targets`);
  return groups;
}
