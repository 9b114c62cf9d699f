/** The page that a mail shows when nothing else is asked for: styles inline, tables for layout, as mail programs want it. */
const FONT = "font-family: 'Helvetica Neue', Helvetica, Arial, sans-serif; font-size: 14px; line-height: 1.5;";
const CELL = `style="${FONT} padding: 0 0 16px; vertical-align: top;"`;

function alerts(kind: 'Firing' | 'Resolved', color: string): string {
  return `{{ if gt (len .Alerts.${kind}) 0 }}
<tr><td ${CELL}><strong style="color: ${color};">[{{ .Alerts.${kind} | len }}] ${kind}</strong></td></tr>
{{ range .Alerts.${kind} }}
<tr><td ${CELL}>
<strong>Labels</strong><br />
{{ range .Labels.SortedPairs }}{{ .Name }} = {{ .Value }}<br />{{ end }}
{{ if gt (len .Annotations) 0 }}<strong>Annotations</strong><br />{{ end }}
{{ range .Annotations.SortedPairs }}{{ .Name }} = {{ .Value }}<br />{{ end }}
<a href="{{ .GeneratorURL }}" style="color: #2563eb;">Source</a><br />
</td></tr>
{{ end }}{{ end }}`;
}

export const EMAIL_TEMPLATE = `<!DOCTYPE html>
<html>
<head>
<meta name="viewport" content="width=device-width" />
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<title>{{ template "__subject" . }}</title>
</head>
<body style="${FONT} background-color: #f5f5f4; margin: 0; padding: 24px 0;">
<table width="600" align="center" cellpadding="0" cellspacing="0" style="max-width: 600px; margin: 0 auto; background-color: #ffffff; border: 1px solid #e5e5e4; border-radius: 6px;">
<tr><td align="center" style="${FONT} font-size: 16px; font-weight: 500; color: #ffffff; padding: 16px; border-radius: 6px 6px 0 0; background-color: {{ if gt (len .Alerts.Firing) 0 }}#c2410c{{ else }}#15803d{{ end }};">
{{ .Alerts | len }} alert{{ if gt (len .Alerts) 1 }}s{{ end }} for {{ range .GroupLabels.SortedPairs }}
{{ .Name }}={{ .Value }}
{{ end }}
</td></tr>
<tr><td style="padding: 20px;"><table width="100%" cellpadding="0" cellspacing="0">
<tr><td ${CELL}><a href="{{ template "__alertmanagerURL" . }}" style="color: #2563eb; font-weight: 500;">View in {{ template "__alertmanager" . }}</a></td></tr>
${alerts('Firing', '#c2410c')}
${alerts('Resolved', '#15803d')}
</table></td></tr>
</table>
<p align="center" style="${FONT} font-size: 12px; color: #78716c;"><a href="{{ .ExternalURL }}" style="color: #78716c;">Sent by {{ template "__alertmanager" . }}</a></p>
</body>
</html>
`;
