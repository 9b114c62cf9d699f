/** What brings a database from version i to i + 1 (`PRAGMA user_version`). Entries are never changed, only added. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE silences (
    id TEXT PRIMARY KEY,
    matchers TEXT NOT NULL,
    starts_at_ms INTEGER NOT NULL,
    ends_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    comment TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX silences_expiry ON silences (expires_at_ms);

  CREATE TABLE notification_log (
    key TEXT PRIMARY KEY,
    notified_at_ms INTEGER NOT NULL,
    firing TEXT NOT NULL,
    resolved TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX notification_log_expiry ON notification_log (expires_at_ms);

  CREATE TABLE alert_history (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    name TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    labels TEXT NOT NULL,
    value REAL
  ) STRICT;
  CREATE INDEX alert_history_time ON alert_history (at_ms);
  CREATE INDEX alert_history_alert ON alert_history (fingerprint, at_ms);

  CREATE TABLE query_history (
    query TEXT PRIMARY KEY,
    last_run_ms INTEGER NOT NULL,
    runs INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX query_history_time ON query_history (last_run_ms);

  CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE notification_log ADD COLUMN receiver_data TEXT NOT NULL DEFAULT '{}';
  `,
];
