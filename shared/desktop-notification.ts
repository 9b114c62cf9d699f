/** A notification on the user's desktop. Another one with the same `id` replaces it in place. */
export interface DesktopNotification {
  /** Stable for an alert group. */
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly urgency: 'low' | 'normal' | 'critical';
  /** Route of the window that a click opens, e.g. `/alerts?fingerprint=0123456789abcdef`. */
  readonly path: string;
  /** Updates what is shown without drawing attention (a resolved alert). */
  readonly silent: boolean;
}
