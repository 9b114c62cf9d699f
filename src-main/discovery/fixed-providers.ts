import type { BuiltinExporter } from '../config/scrape-config.ts';
import { labelsOf } from '../model/labels.ts';
import type { TargetGroup } from '../model/target-group.ts';
import type { Provider } from './provider.ts';

/** Tells what the file says, once. */
export function staticProvider(groups: readonly TargetGroup[]): Provider {
  return { start: (tell) => tell(groups), stop: () => {} };
}

/** An exporter within this process: one target that bears this machine's name. */
export function builtinProvider(exporter: BuiltinExporter, hostname: string): Provider {
  return staticProvider([
    {
      source: `builtin/${exporter}`,
      targets: [labelsOf([['__address__', hostname]])],
      labels: labelsOf([['__hearth_exporter__', exporter]]),
    },
  ]);
}
