import { getLabel } from '../model/labels.ts';
import type { ApiParts } from './parts.ts';

/** How bad it is, in three numbers: alerts that fire and are not held back, by severity, and targets that are down. */
export function problemsOf(parts: ApiParts): {
  readonly critical: number;
  readonly warning: number;
  readonly targetsDown: number;
} {
  const firing = parts.rules
    .snapshot()
    .flatMap((group) => group.rules.flatMap((rule) => rule.alerts.filter((alert) => alert.state === 'firing')));
  const heard = firing.filter((alert) => parts.alertmanager.status(alert.labels).state === 'active');
  const critical = heard.filter((alert) => /^(?:critical|page|error)$/.test(getLabel(alert.labels, 'severity'))).length;
  return {
    critical,
    warning: heard.length - critical,
    targetsDown: parts.scrape.targets().filter((target) => target.health === 'down').length,
  };
}
