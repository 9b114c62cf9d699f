import { describe, expect, it } from 'vitest';
import { loadAlertmanagerConfig } from '../load-alertmanager-config.ts';

function load(global: string, receiver: string) {
  const text = `global: ${global}\nroute: {receiver: a}\nreceivers:\n- name: a\n  ${receiver}\n`;
  return loadAlertmanagerConfig(text, '/etc/am/alertmanager.yml');
}

function refusal(global: string, receiver: string): string | null {
  try {
    load(global, receiver);
    return null;
  } catch (error) {
    return String(error).replace(/^ConfigError: \/etc\/am\/alertmanager\.yml:\d+:\d+: /, '');
  }
}

describe('accepted', () => {
  it.each([
    ['slack, everything from global', '{slack_api_url: "http://s/x"}', 'slack_configs: [{channel: "#x"}]'],
    ['slack, null entry', '{slack_api_url_file: f}', 'slack_configs: [null]'],
    [
      'slack, all of it',
      '{}',
      'slack_configs: [{app_token: t, app_url: "http://x", channel: c, fields: [{title: a, value: b, short: true}], ' +
        'actions: [{type: button, text: t, url: u}, {type: button, text: t, name: n, confirm: {text: sure}}], ' +
        'mrkdwn_in: [text], link_names: true, message_text: m, timeout: 5s}]',
    ],
    ['email', '{smtp_smarthost: "localhost:25", smtp_from: a@b}', 'email_configs: [{to: x@y}]'],
    [
      'email, all of it',
      '{}',
      'email_configs: [{to: x@y, from: a@b, smarthost: "[::1]:465", hello: h, auth_username: u, auth_password_file: p, ' +
        'auth_secret: s, auth_identity: i, require_tls: false, force_implicit_tls: true, tls_config: {ca: x, min_version: TLS13}, ' +
        'headers: {subject: s}, html: "", text: t, threading: {enabled: true, thread_by_date: daily}}]',
    ],
    [
      'pagerduty',
      '{}',
      'pagerduty_configs: [{routing_key: k, details: {a: {b: [1]}}, images: [{src: s}], links: [{href: h}]}]',
    ],
    ['pagerduty v1', '{}', 'pagerduty_configs: [{service_key_file: k}]'],
    [
      'opsgenie',
      '{opsgenie_api_key_file: k}',
      'opsgenie_configs: [{responders: [{name: a, type: TEAM}, {username: u, type: "{{ .x }}"}], update_alerts: true}, null]',
    ],
    ['victorops', '{victorops_api_key: k}', 'victorops_configs: [{routing_key: r, custom_fields: {x: y}}]'],
    [
      'pushover',
      '{}',
      'pushover_configs: [{token: t, user_key_file: u, retry: 1m30s, expire: 1h, ttl: 90s, html: true}]',
    ],
    [
      'telegram',
      '{telegram_bot_token: t}',
      'telegram_configs: [{chat_id: -100123, parse_mode: "", message_thread_id: 3}]',
    ],
    ['discord', '{}', 'discord_configs: [{webhook_url_file: f, username: u, avatar_url: "http://a"}]'],
    ['teams', '{}', 'msteams_configs: [{webhook_url: "http://x"}]\n  msteamsv2_configs: [{webhook_url: "http://x"}]'],
    [
      'sns',
      '{}',
      'sns_configs: [{sigv4: {region: r, access_key: a, secret_key: b}, topic_arn: t, attributes: {a: b}}]',
    ],
    ['webex', '{}', 'webex_configs: [{room_id: r, http_config: {authorization: {credentials: x}}}]'],
    ['wechat', '{wechat_api_secret: s, wechat_api_corp_id: c}', 'wechat_configs: [{message_type: markdown}]'],
    [
      'jira',
      '{jira_api_url: "http://j/rest/api/2"}',
      'jira_configs: [{project: P, issue_type: Bug, summary: {template: t, enable_update: false}, description: d, ' +
        'labels: {values: [a], enable_update: false}, fields: {customfield_1: {value: x}}, reopen_duration: 1h}]',
    ],
    ['rocketchat', '{rocketchat_token: t, rocketchat_token_id: i}', 'rocketchat_configs: [{channel: c}]'],
    [
      'mattermost',
      '{mattermost_webhook_url_file: f}',
      'mattermost_configs: [{priority: {priority: urgent}, props: {card: c}}]',
    ],
    ['incident.io', '{}', 'incidentio_configs: [{url: "http://x", alert_source_token: t, max_alerts: 3}]'],
    ['webhook with a file and a payload', '{}', 'webhook_configs: [{url_file: f, payload: {a: [1]}}]'],
    ['a proxy', '{http_config: {proxy_url: "http://127.0.0.1:1025", no_proxy: "x,10.0.0.0/8"}}', 'labels: {team: x}'],
    [
      'oauth2',
      '{http_config: {oauth2: {client_id: a, client_secret: b, token_url: "http://t", scopes: [x], endpoint_params: {a: b}}}}',
      'labels: {name: a}',
    ],
  ])('%s', (_, global, receiver) => {
    expect(refusal(global, receiver)).toBeNull();
  });
});

describe('refused', () => {
  it.each([
    [
      'slack_configs: [{api_url: "http://a", api_url_file: f}]',
      'at most one of api_url & api_url_file must be configured',
    ],
    [
      'slack_configs: [{api_url: "http://a", app_token: t}]',
      'at most one of api_url/api_url_file & app_token/app_token_file must be configured',
    ],
    [
      'slack_configs: [{api_url: "http://a", update_message: true}]',
      'update_message can only be used with bot tokens. api_url must be set to https://slack.com/api/chat.postMessage',
    ],
    ['slack_configs: [{api_url: "http://a", fields: [{title: x}]}]', 'missing value in Slack field configuration'],
    ['slack_configs: [{api_url: "http://a", chanel: x}]', 'field chanel not found in type config.slackConfig'],
    ['email_configs: [{to: a@b}]', 'no global SMTP from set'],
    ['email_configs: [{to: a@b, from: c@d}]', 'no global SMTP smarthost set'],
    ['email_configs: [{smarthost: "x:25"}]', 'missing to address in email config'],
    ['email_configs: [{to: a@b, headers: {subject: a, Subject: b}}]', 'duplicate header "Subject" in email config'],
    ['email_configs: [null]', 'missing email config'],
    ['pagerduty_configs: [{}]', 'missing service or routing key in PagerDuty config'],
    ['opsgenie_configs: [{}]', 'no global OpsGenie API Key set either inline or in a file'],
    [
      'opsgenie_configs: [{api_key: k, responders: [{name: a, type: wrong}]}]',
      'opsGenieConfig responder { a  wrong} type does not match valid options ^(team|teams|user|escalation|schedule)$',
    ],
    ['victorops_configs: [{api_key: k}]', 'missing Routing key in VictorOps config'],
    ['victorops_configs: [{routing_key: k}]', 'no global VictorOps API Key set'],
    ['pushover_configs: [{token: t}]', 'one of user_key or user_key_file must be configured'],
    ['telegram_configs: [{chat_id: 1}]', 'missing bot_token or bot_token_file on telegram_config'],
    ['telegram_configs: [{bot_token: t}]', 'missing chat_id on telegram_config'],
    ['discord_configs: [{title: t}]', 'one of webhook_url or webhook_url_file must be configured'],
    [
      'sns_configs: [{topic_arn: a, phone_number: b}]',
      'must provide either a Target ARN, Topic ARN, or Phone Number for SNS config',
    ],
    ['webex_configs: [{room_id: r}]', 'missing webex_configs.http_config.authorization'],
    ['wechat_configs: [{corp_id: c}]', 'no global Wechat Api Secret set either inline or in a file'],
    ['wechat_configs: [{api_secret: c}]', 'no global Wechat CorpID set'],
    ['jira_configs: [{project: p}]', 'missing issue_type in jira_config'],
    ['jira_configs: [{project: p, issue_type: i}]', 'no global Jira Cloud URL set'],
    ['rocketchat_configs: [{channel: c}]', 'no global Rocketchat Token set either inline or in a file'],
    ['mattermost_configs: [{channel: c}]', 'missing webhook_url or webhook_url_file on mattermost_config'],
    ['webhook_configs: [{url: "http://a", url_file: f}]', 'at most one of url & url_file must be configured'],
    ['webhook_configs: [{}]', 'one of url or url_file must be configured'],
    ['labels: {name: b}', 'receiver label "name" must match receiver name "a", got "b"'],
  ])('%s', (receiver, expected) => {
    expect(refusal('{}', receiver)).toBe(expected);
  });
});

it('shows no secret', () => {
  const { text } = load(
    '{slack_api_url: "http://s/hush1", smtp_auth_password: hush2, opsgenie_api_key: hush3, http_config: {proxy_url: "http://u:hush4@p"}}',
    'pagerduty_configs: [{routing_key: hush5}]\n  telegram_configs: [{bot_token: hush6, chat_id: 1}]\n' +
      '  sns_configs: [{topic_arn: t, sigv4: {access_key: a, secret_key: hush7}}]\n  discord_configs: [{webhook_url: "http://d/hush8"}]',
  );
  expect(text).not.toMatch(/hush/);
  expect(text.match(/<secret>/g)).toHaveLength(7);
});
