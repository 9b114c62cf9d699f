import { describe, expect, it } from 'vitest';
import { printPromql } from '../../shared/promql/print.ts';
import { labelsFromRecord } from '../model/labels.ts';
import { AlertTemplate, Expansion } from './alert-template.ts';
import type { QueryFn } from './query.ts';

// Each right side is what promtool 2.42 made of the left side; 'PARSE' rows are its refusals.
const cases: readonly (readonly [template: string, expected: string])[] = [
  ['{{ $value }}', '1.23456789e+06'],
  ['{{ $labels.dev }} {{ .Labels.dev }} {{ $labels.nosuch }}|', 'sda sda |'],
  ['{{ $externalLabels.region }} {{ .ExternalLabels.region }}', 'eu eu'],
  [
    '{{ humanize $value }} {{ humanize 0.0 }} {{ humanize 1e20 }} {{ humanize 0.00001 }} {{ "1234567" | humanize }}',
    '1.235M 0 100E 10u 1.235M',
  ],
  ['{{ humanize1024 $value }} {{ humanize1024 1073741824.0 }} {{ humanize1024 0.5 }}', '1.177Mi 1Gi 0.5'],
  [
    '{{ humanizeDuration $value }} {{ humanizeDuration 0.0 }} {{ humanizeDuration 0.0123 }} {{ humanizeDuration 61.0 }} {{ humanizeDuration 3661.5 }} {{ humanizeDuration 1e6 }} {{ humanizeDuration -61.0 }} {{ humanizeDuration 899.99 }}',
    '14d 6h 56m 7s 0s 12.3ms 1m 1s 1h 1m 1s 11d 13h 46m 40s -1m 1s 14m 59s',
  ],
  ['{{ humanizePercentage 0.1234567 }} {{ humanizePercentage 1.0 }}', '12.35% 100%'],
  [
    '{{ humanizeTimestamp 1700000000.5 }} {{ humanizeTimestamp 1.435065584128e+09 }}',
    '2023-11-14 22:13:20.5 +0000 UTC 2015-06-23 13:19:44.128 +0000 UTC',
  ],
  [
    '{{ printf "%.2f|%5.1f|%-8s|%d|%q|%v|%e|%x" $value $value "s" 5 "q" $value $value 255 }}',
    '1234567.89|1234567.9|s       |5|"q"|1.23456789e+06|1.234568e+06|ff',
  ],
  ['{{ title "hello world" }} {{ toUpper "abC" }} {{ toLower "AbC" }}', 'Hello World ABC abc'],
  ['{{ match "a.*" "xabc" }} {{ match "^b" "abc" }}', 'true false'],
  ['{{ reReplaceAll "(.)b" "$1-" "abab" }}', 'a-a-'],
  [
    '{{ if gt $value 1.0 }}big{{ else }}small{{ end }} {{ if and true (not false) }}y{{ end }} {{ eq 1 1 }} {{ lt 1 2 }}',
    'big y true true',
  ],
  ['{{ $x := "v" }}{{ $x }} {{ len "abc" }}', 'v 3'],
  ['{{ tableLink "up" | reReplaceAll "^https?://[^/]*" "" }}', '/graph?g0.expr=up&g0.tab=1'],
  ['{{ graphLink "a b" | reReplaceAll "^https?://[^/]*" "" }}', '/graph?g0.expr=a+b&g0.tab=0'],
  [
    '{{ safeHtml "<b>" }} {{ "<i>" }} {{ html "<u>" }} {{ urlquery "a b&c" }} {{ js "it\'s" }}',
    "<b> <i> &lt;u&gt; a+b%26c it\\'s",
  ],
  ['{{ define "tt" }}T:{{ .arg0 }}{{ end }}{{ template "tt" (args 1) }}', 'T:1'],
  ['{{ define "t2" }}{{ .arg0 }}+{{ .arg1 }}{{ end }}{{ template "t2" (args "x" 2) }}', 'x+2'],
  ['{{ stripPort "h:80" }} {{ stripDomain "a.b.c:90" }}', 'h a:90'],
  ['{{ parseDuration "1h30m" }}', '5400'],
  ['a {{- /* c */ -}} b', 'ab'],
  [
    '{{ humanize "abc" }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <humanize "abc">: error calling humanize: strconv.ParseFloat: parsing "abc": invalid syntax>',
  ],
  ['{{ (1700000000.0 | toTime).UTC.Year }}', '2023'],
  ['{{ slice "abcdef" 1 3 }} {{ index (args "a" "b") "arg0" }}', 'bc a'],
  ['ü {{ "室" }} \\u00e9', 'ü 室 \\u00e9'],
  ['{{ print 1 2 "a" }} {{ println "x" }}', '1 2a x\n'],
  [
    '{{ $value }} {{ printf "%v %g %.2f %.4g %e %E %G %08.3f|%-10.2f|%+.1f|% d|%x" $value $value $value $value $value $value $value $value $value $value 5 "hi" }}',
    '1.23456789e+06 1.23456789e+06 1.23456789e+06 1234567.89 1.235e+06 1.234568e+06 1.234568E+06 1.23456789E+06 1234567.890|1234567.89|+1234567.9| 5|6869',
  ],
  [
    '{{ printf "%.1f %.0f %.0f %.2f" 0.25 0.5 1.5 0.125 }} {{ printf "%.3g %.3g %.10g %g" 1234567.0 0.00001234 123.456 1e100 }}',
    '0.2 0 2 0.12 1.23e+06 1.23e-05 123.456 1e+100',
  ],
  [
    '{{ printf "%s" }}{{ printf "%d" 1 2 }}{{ printf "%!" }} {{ printf "%z" 3 }} {{ printf "abc%" }}',
    '%!s(MISSING)1%!(EXTRA int=2)%!!(MISSING) %!z(int=3) abc%!(NOVERB)',
  ],
  ['{{ printf "%v %v %v" true nil $labels }}', 'true <nil> map[__name__:v dev:sda n:a]'],
  ['{{ print nil }}', '<nil>'],
  [
    '{{ $labels.a.b }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:122: executing "__alert_A" at <$labels.a.b>: can\'t evaluate field b in type string>',
  ],
  [
    '{{ nil }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <nil>: nil is not a command>',
  ],
  [
    '{{ "a" "b" }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <"a">: can\'t give argument to non-function "a">',
  ],
  [
    '{{ 1 | toUpper }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:119: executing "__alert_A" at <toUpper>: wrong type for value; expected string; got int>',
  ],
  [
    '{{ toUpper $value }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:123: executing "__alert_A" at <$value>: wrong type for value; expected string; got float64>',
  ],
  [
    '{{ eq $value 1 }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <eq $value 1>: error calling eq: incompatible types for comparison>',
  ],
  [
    '{{ gt $value 1 }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <gt $value 1>: error calling gt: incompatible types for comparison>',
  ],
  ['{{ eq "a" "b" "a" }} {{ ne 1 2 }} {{ le 1.5 1.5 }} {{ ge "b" "a" }}', 'true true true true'],
  ['{{ index $labels "dev" }} {{ index $labels "zz" }}| {{ len $labels }} {{ len "äb" }}', 'sda | 3 3'],
  [
    '{{ index (query "w") 5 }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <index (query "w") 5>: error calling index: index out of range: 5>',
  ],
  [
    '{{ first (query "nosuch") }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <first (query "nosuch")>: error calling first: first() called on vector with no elements>',
  ],
  [
    '{{ query "w{" }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <query "w{">: error calling query: 1:3: parse error: unexpected end of input inside braces>',
  ],
  ['{{ range query "w" }}{{ .Labels.n }}={{ .Value | humanize }} {{ end }}', 'x10=3 x9=123u '],
  ['{{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}', '__name__=v;dev=sda;n=a;'],
  ['{{ range query "nosuch" }}x{{ else }}none{{ end }}', 'none'],
  ['{{ with $labels.zz }}a{{ else }}b{{ end }}', 'b'],
  ['{{ if eq $labels.n "b" }}1{{ else if eq $labels.n "a" }}2{{ else }}3{{ end }}', '2'],
  ['{{- /* c */ -}}  x  {{- " y" -}}  z', 'x yz'],
  ['a{{ "{{" }}b', 'a{{b'],
  ['{{ `raw\\n` }} {{ "tab\\tq\\"\\u00e9\\x41" }}', 'raw\\n tab\tq"éA'],
  ["{{ 'a' }} {{ 0x1F }} {{ 1e3 }} {{ 1_000 }} {{ 0b11 }} {{ -5 }} {{ +2.5 }}", '97 31 1000 1000 3 -5 2.5'],
  [
    '{{ 1.0 }} {{ 1.5e-7 }} {{ 123456789.0 }} {{ 1e21 }} {{ 100000.0 }} {{ 1000000.0 }}',
    '1 1.5e-07 1.23456789e+08 1e+21 100000 1e+06',
  ],
  ['{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}', '2'],
  ['{{ define "a" }}[{{ . }}]{{ end }}{{ template "a" "q" }}{{ template "a" }}', '[q][<no value>]'],
  [
    '{{ template "nope" }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:124: executing "__alert_A" at <{{template "nope"}}>: template "nope" not defined>',
  ],
  ['{{ block "bb" 3 }}<{{ . }}>{{ end }}', '<3>'],
  ['{{ $undefined }}', 'PARSE template: __alert_A:1: undefined variable "$undefined"'],
  ['{{ nofunc 1 }}', 'PARSE template: __alert_A:1: function "nofunc" not defined'],
  ['{{ if }}x{{ end }}', 'PARSE template: __alert_A:1: missing value for if'],
  ['{{ if true }}x', 'PARSE template: __alert_A:1: unexpected EOF'],
  ['{{ end }}', 'PARSE template: __alert_A:1: unexpected {{end}}'],
  ['{{ "unclosed }}', 'PARSE template: __alert_A:1: unterminated quoted string'],
  ['{{ .Labels', 'PARSE template: __alert_A:1: unclosed action'],
  ['{{ | len }}', 'PARSE template: __alert_A:1: unexpected "|" in command'],
  [
    '{{ len }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <len>: wrong number of args for len: want 1 got 0>',
  ],
  [
    '{{ len 1 }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <len 1>: error calling len: len of type int>',
  ],
  [
    '{{ humanize }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <humanize>: wrong number of args for humanize: want 1 got 0>',
  ],
  [
    '{{ humanize 1 2 }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <humanize>: wrong number of args for humanize: want 1 got 2>',
  ],
  [
    '{{ humanize "1e3" }} {{ humanize "abc" }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:136: executing "__alert_A" at <humanize "abc">: error calling humanize: strconv.ParseFloat: parsing "abc": invalid syntax>',
  ],
  [
    '{{ humanize $labels }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <humanize $labels>: error calling humanize: can\'t convert map[string]string to float>',
  ],
  ['{{ and 1 0 }} {{ or 0 "x" }} {{ not 0 }} {{ and true false true }}', '0 x true false'],
  ['{{ query "w" | first }}', '{map[__name__:w n:x10] 3}'],
  ['{{ query "w" | len }}', '2'],
  [
    '{{ html "<a href=\'x\'>&\\"" }} {{ js "a<b>\\"c\'=&" }} {{ urlquery "a b&c/ü~*()" }}',
    '&lt;a href=&#39;x&#39;&gt;&amp;&#34; a\\u003Cb\\u003E\\"c\\\'\\u003D\\u0026 a+b%26c%2F%C3%BC~%2A%28%29',
  ],
  ['{{ reReplaceAll "(?P<x>a)(b)" "$1-$2-$9" "abab" }}', 'a-b-a-b-'],
  [
    '{{ reReplaceAll "(" "" "a" }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <reReplaceAll "(" "" "a">: error calling reReplaceAll: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`>',
  ],
  [
    '{{ match "[" "a" }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <match "[" "a">: error calling match: error parsing regexp: missing closing ]: `[`>',
  ],
  ['{{ title "hello wORLD foo_bar a-b éa 1st it\'s" }}', "Hello WORLD Foo_bar A-B Éa 1st It'S"],
  [
    '{{ stripPort "[::1]:80" }} {{ stripPort "nohost" }} {{ stripPort "a:b:c" }} {{ stripDomain "10.0.0.1:80" }} {{ stripDomain "host.a.b:80" }} {{ stripDomain "host" }}',
    '::1 nohost a:b:c 10.0.0.1:80 host:80 host',
  ],
  [
    '{{ humanizeTimestamp 0.0 }} {{ humanizeTimestamp 1e30 }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:143: executing "__alert_A" at <humanizeTimestamp 1e30>: error calling humanizeTimestamp: 1e+30 cannot be represented as a nanoseconds timestamp since it overflows int64>',
  ],
  [
    '{{ humanizeTimestamp "nan" }} {{ humanize "+Inf" }} {{ humanizeDuration "-inf" }} {{ humanize1024 "NaN" }}',
    'NaN +Inf -Inf NaN',
  ],
  [
    '{{ humanizeDuration 90061.5 }} {{ humanizeDuration 0.00000012 }} {{ humanizeDuration 59.99999 }} {{ humanizeDuration -0.5 }} {{ humanizeDuration 1 }}',
    '1d 1h 1m 1s 120ns 60s -500ms 1s',
  ],
  [
    '{{ humanize 999.99999 }} {{ humanize 1000 }} {{ humanize 1e30 }} {{ humanize 0.00012 }} {{ humanize -1234.5 }} {{ humanize 12345678901234567890.0 }}',
    '1000 1k 1e+06Y 120u -1.234k 12.35E',
  ],
  [
    '{{ humanize1024 1024 }} {{ humanize1024 -2048.5 }} {{ humanize1024 1e30 }} {{ humanizePercentage 0.0001234 }} {{ humanizePercentage "0.5" }} {{ humanizePercentage 12345.678 }}',
    '1ki -2ki 8.272e+05Yi 0.01234% 50% 1.235e+06%',
  ],
  [
    '{{ (1435065584.128 | toTime) }} {{ (toTime "1435065584").Format "Mon Jan _2 15:04:05.000 2006" }} {{ (toTime 0.0).Weekday }} {{ (toTime 86400.0).Month }} {{ (toTime 1e9).Unix }}',
    '2015-06-23 13:19:44.128 +0000 UTC Tue Jun 23 13:19:44.000 2015 Thursday January 1000000000',
  ],
  [
    '{{ parseDuration "1h30m" }} {{ parseDuration "x" }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:143: executing "__alert_A" at <parseDuration "x">: error calling parseDuration: not a valid duration string: "x">',
  ],
  ['{{ args 1 "b" 2.5 }} {{ (args "x").arg0 }} {{ (args "x").nope }}', 'map[arg0:1 arg1:b arg2:2.5] x <no value>'],
  [
    '{{ slice "abcdef" 2 }} {{ slice "abc" 5 }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:138: executing "__alert_A" at <slice "abc" 5>: error calling slice: index out of range: 5>',
  ],
  ['{{ break }}', 'PARSE template: __alert_A:1: {{break}} outside {{range}}'],
  ['{{ range query "w" }}{{ .Value }}{{ break }}{{ end }}', '3'],
  ['{{ range $i, $v := query "w" }}{{ if eq $i 0 }}{{ continue }}{{ end }}{{ $i }}{{ end }}', '1'],
  [
    '{{ $labels }} {{ .ExternalLabels }} {{ . }}',
    'map[__name__:v dev:sda n:a] map[region:eu] {map[__name__:v dev:sda n:a] map[region:eu] http://ext.example:9090/pre 1.23456789e+06}',
  ],
  ['{{ $value | printf "%.1f" }}%', '1234567.9%'],
  [
    '{{ printf "%s %q %v" $labels $labels (args "a" "b") }}',
    'map[__name__:v dev:sda n:a] map["__name__":"v" "dev":"sda" "n":"a"] map[arg0:a arg1:b]',
  ],
  ['{{ printf "%6.2f%%|%t|%s|%v" 12.3456 false "x" 7 }}', ' 12.35%|false|x|7'],
  ['{{ print "a" 1 2 "b" 3 4.5 true nil }}|{{ println 1 "a" }}|', 'a1 2b3 4.5 true <nil>|1 a\n|'],
  ['{{ len (args 1 2) }}{{ range (args "a" "b") }}{{ . }}{{ end }}', '2ab'],
  ['{{ printf "%*d|%-*d|%.*f" 5 1 5 2 2 3.14159 }}', '    1|2    |3.14'],
  ['{{ printf "%6v|%-6v|%06d|%+v" "a" "b" -3 4 }}', '     a|b     |-00003|4'],
  [
    '{{ printf "%e %g" 0.0 -0.0 }} {{ printf "%5t|%v" true (query "w" | first) }}',
    '0.000000e+00 -0  true|&{map[__name__:w n:x10] 3}',
  ],
  ['{{ "x" | printf "%s-%s" "y" }}', 'y-x'],
  ['{{ strvalue (query "w" | first) }}|{{ label "n" (query "w" | first) }}', '|x10'],
  ['{{ $labels.dev | toUpper | printf "%s!" }}', 'SDA!'],
  ['{{ (printf "%d" 3) | len }}', '1'],
  ['{{if .Labels.dev}}yes{{end}}{{with $x := .Labels.n}}{{$x}}{{end}}', 'yesa'],
  ['{{ with $v := query "w" | first }}{{ $v.Value }}{{ end }}', '3'],
  ['{{ safeHtml "<b>" }}', '<b>'],
  ['{{ eq nil nil }}', 'true'],
  ['{{ eq $labels.n nil }}', 'false'],
  [
    '{{ lt true false }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <lt true false>: error calling lt: invalid type for comparison>',
  ],
  [
    '{{ lt "a" 1 }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <lt "a" 1>: error calling lt: incompatible types for comparison>',
  ],
  [
    '{{ index "abc" 1 }} {{ index $labels 3 }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:135: executing "__alert_A" at <index $labels 3>: error calling index: value has type int; should be string>',
  ],
  [
    '{{ $labels.dev.x }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:122: executing "__alert_A" at <$labels.dev.x>: can\'t evaluate field x in type string>',
  ],
  [
    '{{ .Value.Foo }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:121: executing "__alert_A" at <.Value.Foo>: can\'t evaluate field Foo in type float64>',
  ],
  [
    '{{ ("x").y }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:116: executing "__alert_A" at <"x">: can\'t evaluate field y in type string>',
  ],
  ['{{ "x".y }}', 'PARSE template: __alert_A:1: unexpected . after term "\\"x\\""'],
  [
    '{{ range $value }}{{ end }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:121: executing "__alert_A" at <$value>: range can\'t iterate over 1.23456789e+06>',
  ],
  [
    '{{ range "ab" }}{{ end }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:121: executing "__alert_A" at <"ab">: range can\'t iterate over ab>',
  ],
  [
    '{{ toUpper nil }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:123: executing "__alert_A" at <nil>: cannot assign nil to string>',
  ],
  [
    '{{ toUpper true }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:123: executing "__alert_A" at <true>: expected string; found true>',
  ],
  [
    '{{ printf 3 }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:122: executing "__alert_A" at <3>: expected string; found 3>',
  ],
  [
    '{{ toTime "x" }}',
    '<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at <toTime "x">: error calling toTime: strconv.ParseFloat: parsing "x": invalid syntax>',
  ],
  ['{{ $externalLabels.region }}{{ .ExternalLabels.nope }}|', 'eu|'],
  // As of Prometheus 3: natural order, ranging over a number, and what promtool cannot expand.
  ['{{ range $i, $s := sortByLabel "n" (query "w") }}{{ $i }}:{{ $s.Labels.n }} {{ end }}', '0:x9 1:x10 '],
  ['{{ range 3 }}{{ . }}{{ end }}', '012'],
  [
    '{{ tableLink "a b" }} {{ graphLink "x" }} {{ externalURL }} {{ pathPrefix }}',
    '/graph?g0.expr=a+b&g0.tab=1 /graph?g0.expr=x&g0.tab=0 http://ext.example:9090/pre /pre',
  ],
  ['{{ urlQueryEscape "a b" }} {{ toDuration 90 }} {{ now }}', 'a+b 1m30s 0'],
];

const samples: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  w: [
    ['x10', 3],
    ['x9', 0.000123],
  ],
};

const query: QueryFn = (expr) =>
  Promise.resolve(
    (samples[printPromql(expr)] ?? []).map(([n, value]) => ({ labels: labelsFromRecord({ __name__: 'w', n }), value })),
  );

async function expand(text: string): Promise<string> {
  const template = new AlertTemplate('A', text);
  if (template.problem !== null) return `PARSE ${template.problem}`;
  const expansion = new Expansion({
    query,
    timeMs: 0,
    externalLabels: labelsFromRecord({ region: 'eu' }),
    externalUrl: 'http://ext.example:9090/pre',
  });
  const labels = labelsFromRecord({ __name__: 'v', n: 'a', dev: 'sda' });
  return template.expand(expansion, () => expansion.data({ labels, value: 1234567.89 }));
}

describe('alert templates', () => {
  it.each(cases)('%s', async (template, expected) => {
    expect(await expand(template)).toBe(expected);
  });

  it('asks for a query once, however often it is used', async () => {
    let asked = 0;
    const expansion = new Expansion({
      query: () => {
        asked++;
        return Promise.resolve([{ labels: [], value: 2 }]);
      },
      timeMs: 0,
      externalLabels: [],
      externalUrl: '',
    });
    const template = new AlertTemplate('A', '{{ query "a" | first | value }}{{ query "a" | first | value }}');
    const data = () => expansion.data({ labels: [], value: 1 });
    expect(await template.expand(expansion, data)).toBe('22');
    expect(await template.expand(expansion, data)).toBe('22');
    expect(asked).toBe(1);
  });

  it.each([
    ['recursion', '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}', /maximum template depth/],
    ['output', '{{ range 100000 }}{{ printf "%10000d" . }}{{ end }}', /output is longer/],
    ['steps', '{{ range 4000000 }}{{ if . }}{{ end }}{{ end }}', /too many steps/],
  ])('bounds %s', async (_, template, expected) => {
    expect(await expand(template)).toMatch(expected);
  });
});
