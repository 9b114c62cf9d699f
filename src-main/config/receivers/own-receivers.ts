import type { PlainYaml } from '../yaml-plain.ts';
import type { IntegrationOptions, Secret } from './integration-section.ts';

/** Hearth's own receiver: a notification on this desktop. Title and text are Go templates. */
export interface DesktopConfig {
  readonly sendResolved: boolean;
  readonly title: string;
  readonly text: string;
}

export interface WebhookConfig extends IntegrationOptions {
  /** A template where it is written inline. */
  readonly url: Secret;
  /** 0: no limit. */
  readonly maxAlerts: number;
  /** 0: none of its own; the group's interval bounds it. */
  readonly timeoutMs: number;
  /** What is sent in place of the usual payload: its texts are templates; null for the usual one. */
  readonly payload: PlainYaml;
}
