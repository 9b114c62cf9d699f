/** What notification templates see (template/template.go of Alertmanager). */
import { fingerprint } from '../model/fingerprint.ts';
import { TemplateError } from '../model/go-template/errors.ts';
import { ZERO_TIME_MS } from '../model/go-template/members.ts';
import { GoMap, GoObject, GoTime, type GoValue, itemsOf, type Method } from '../model/go-template/value.ts';
import { compareStrings, getLabel, type Labels, labelEntries, labelsFromRecord } from '../model/labels.ts';
import { isFiring, type Notification, statusOf } from './notification.ts';
import type { StoredAlert } from './stored-alert.ts';

/** Characters that mean something in a regular expression get a backslash, as receivers' names do upstream. */
export function quoteRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** Labels that all the alerts have with the same value. */
export function commonOf(sets: readonly Labels[]): Labels {
  const [first = [], ...rest] = sets;
  return [...labelEntries(first)].filter(([name, value]) => rest.every((set) => getLabel(set, name) === value)).flat();
}

export function templateData(notification: Notification): GoValue {
  const { alerts } = notification;
  return new GoObject('*template.Data', {
    Receiver: quoteRegex(notification.receiver),
    Status: statusOf(alerts),
    Alerts: alertList(alerts.map(alertValue)),
    NotificationReason: notification.reason,
    GroupLabels: keyValues(notification.groupLabels),
    CommonLabels: keyValues(commonOf(alerts.map((alert) => alert.labels))),
    CommonAnnotations: keyValues(commonOf(alerts.map((alert) => alert.annotations))),
    RouteLabels: keyValues(labelsFromRecord(notification.routeLabels)),
    ExternalURL: notification.externalUrl,
  });
}

function alertValue(alert: StoredAlert): GoValue {
  return new GoObject('template.Alert', {
    Status: isFiring(alert) ? 'firing' : 'resolved',
    Labels: keyValues(alert.labels),
    Annotations: keyValues(alert.annotations),
    StartsAt: new GoTime(alert.startsAtMs),
    EndsAt: new GoTime(isFiring(alert) ? ZERO_TIME_MS : alert.endsAtMs),
    GeneratorURL: alert.generatorUrl,
    Fingerprint: fingerprint(alert.labels),
  });
}

function alertList(alerts: readonly GoValue[]): GoValue {
  const withStatus = (status: string): Method => {
    const has = (alert: GoValue) => alert instanceof GoObject && alert.fields.Status === status;
    return () => alertList(alerts.filter(has));
  };
  const methods = { Firing: withStatus('firing'), Resolved: withStatus('resolved') };
  return new GoObject('template.Alerts', {}, methods, alerts);
}

type Pair = readonly [name: string, value: string];

function keyValues(labels: Labels): GoValue {
  const entries = [...labelEntries(labels)];
  const methods = {
    SortedPairs: pairsOf(entries),
    Remove: removeFrom(entries),
    Names: namesOf(sorted(entries)),
    Values: valuesOf(sorted(entries)),
    String: printPairs(sorted(entries)),
  };
  return new GoMap(new Map(entries), '', methods);
}

function pairsOf(entries: readonly Pair[]): Method {
  return () => pairList(sorted(entries));
}

function namesOf(pairs: readonly Pair[]): Method {
  return () => textList(pairs.map(([name]) => name));
}

function valuesOf(pairs: readonly Pair[]): Method {
  return () => textList(pairs.map(([, value]) => value));
}

function removeFrom(entries: readonly Pair[]): Method {
  return (names = null) => {
    const gone = new Set(itemsOf(names) ?? []);
    return keyValues(entries.filter(([name]) => !gone.has(name)).flat());
  };
}

/** alertname first. */
function sorted(entries: readonly Pair[]): Pair[] {
  const rank = (name: string) => (name === 'alertname' ? 0 : 1);
  return [...entries].sort(([a], [b]) => rank(a) - rank(b) || compareStrings(a, b));
}

function printPairs(pairs: readonly Pair[]): Method {
  return () => pairs.map(([name, value]) => `${name}=${value}`).join(', ');
}

function pairList(pairs: readonly Pair[]): GoValue {
  const items = pairs.map(([Name, Value]) => new GoObject('template.Pair', { Name, Value }));
  const methods = {
    Names: namesOf(pairs),
    Values: valuesOf(pairs),
    String: printPairs(pairs),
  };
  return new GoObject('template.Pairs', {}, methods, items);
}

function textList(texts: readonly string[]): GoValue {
  return new GoObject('template.Names', {}, { Join: joinOf(texts) }, texts);
}

function joinOf(texts: readonly string[]): Method {
  return (separator = '') => {
    if (typeof separator !== 'string') throw new TemplateError('expected string');
    return texts.join(separator);
  };
}
