import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { promqlDiagnostics } from '../../shared/promql/parse.ts';
import type { EngineClient } from '../ipc/client.ts';
import { useEngine } from '../ipc/engine-context.tsx';
import { monaco, setUpMonaco } from './monaco.ts';
import { LANGUAGE } from './promql-tokens.ts';
import classes from './QueryEditor.module.css';
import type { EditorError, QueryEditorProps } from './query-editor-props.ts';

const LINE_PX = 20;
const MOST_LINES = 10;
const SETTLE_MS = 150;
const OWNER = 'promql';

let taught: EngineClient | null = null;

export function MonacoQueryEditor(props: QueryEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const engine = useEngine();
  const scheme = useComputedColorScheme('light');

  useEffect(() => {
    if (host.current === null) return;
    if (taught !== engine) {
      setUpMonaco(engine);
      taught = engine;
    }
    const made = create(host.current, latest.current.value);
    editor.current = made;
    made.getModel()?.updateOptions({
      bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
    });
    const undo = connect(made, latest, host.current);
    return () => {
      undo();
      made.getModel()?.dispose();
      made.dispose();
      editor.current = null;
    };
  }, [engine]);

  useEffect(() => monaco.editor.setTheme(scheme === 'dark' ? 'hearth-dark' : 'hearth-light'), [scheme]);

  useEffect(() => {
    const made = editor.current;
    if (made !== null && made.getValue() !== props.value) replaceText(made, props.value);
  }, [props.value]);

  useEffect(() => {
    if (editor.current !== null) mark(editor.current, props.error);
  }, [props.error]);

  return <div ref={host} className={classes.host} />;
}

function create(host: HTMLElement, value: string): monaco.editor.IStandaloneCodeEditor {
  return monaco.editor.create(host, {
    value,
    language: LANGUAGE,
    ariaLabel: 'Query. Enter runs it, Shift Enter makes a new line, Tab leaves the editor.',
    fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
    fontSize: 14,
    lineHeight: LINE_PX,
    fontLigatures: false,
    placeholder: 'A PromQL query, for example rate(node_cpu_seconds_total[5m])',
    lineNumbers: 'off',
    glyphMargin: false,
    folding: false,
    lineDecorationsWidth: 10,
    lineNumbersMinChars: 0,
    minimap: { enabled: false },
    wordWrap: 'on',
    scrollBeyondLastLine: false,
    scrollbar: { vertical: 'auto', horizontal: 'hidden', alwaysConsumeMouseWheel: false, verticalScrollbarSize: 8 },
    overviewRulerLanes: 0,
    hideCursorInOverviewRuler: true,
    renderLineHighlight: 'none',
    occurrencesHighlight: 'off',
    contextmenu: false,
    bracketPairColorization: { enabled: false },
    guides: { bracketPairs: false, indentation: false },
    tabFocusMode: true,
    fixedOverflowWidgets: true,
    quickSuggestions: { other: true, strings: true, comments: false },
    suggest: { showWords: false, preview: false, showStatusBar: false, insertMode: 'replace' },
    wordBasedSuggestions: 'off',
    acceptSuggestionOnEnter: 'smart',
    padding: { top: 0, bottom: 0 },
  });
}

/** Keys, size and checks. Returns the undo of what Monaco does not dispose of with the editor. */
function connect(
  editor: monaco.editor.IStandaloneCodeEditor,
  latest: { readonly current: QueryEditorProps },
  host: HTMLElement,
): () => void {
  const resize = () => {
    const height = Math.min(MOST_LINES * LINE_PX, Math.max(LINE_PX, editor.getContentHeight()));
    editor.layout({ width: host.clientWidth - 2, height });
  };
  const observer = new ResizeObserver(resize);
  observer.observe(host);
  editor.onDidContentSizeChange(resize);
  resize();

  let timer: ReturnType<typeof setTimeout> | null = null;
  const check = () => {
    timer = null;
    mark(editor, firstError(editor.getValue()));
  };
  check();
  editor.onDidChangeModelContent(() => {
    latest.current.onChange(editor.getValue());
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(check, SETTLE_MS);
  });
  const run = () => latest.current.onRun(editor.getValue());
  editor.addCommand(monaco.KeyCode.Enter, run, '!suggestWidgetVisible || !suggestWidgetHasFocusedSuggestion');
  editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, run);
  const older = () => travel(editor, latest.current.onHistory(-1));
  const newer = () => travel(editor, latest.current.onHistory(1));
  editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.UpArrow, older, '!suggestWidgetVisible');
  editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.DownArrow, newer, '!suggestWidgetVisible');
  return () => {
    observer.disconnect();
    if (timer !== null) clearTimeout(timer);
  };
}

function travel(editor: monaco.editor.IStandaloneCodeEditor, text: string | null): void {
  if (text !== null) replaceText(editor, text);
}

/** As an edit, so that it can be undone. */
function replaceText(editor: monaco.editor.IStandaloneCodeEditor, text: string): void {
  const model = editor.getModel();
  if (model === null) return;
  editor.executeEdits('hearth', [{ range: model.getFullModelRange(), text }]);
  editor.pushUndoStop();
  const end = model.getFullModelRange().getEndPosition();
  editor.setPosition(end);
}

function firstError(text: string): EditorError | null {
  if (text.trim() === '') return null;
  const [first] = promqlDiagnostics(text);
  return first === undefined ? null : { message: first.message, ...first.span };
}

function mark(editor: monaco.editor.IStandaloneCodeEditor, error: EditorError | null): void {
  const model = editor.getModel();
  if (model === null) return;
  if (error === null) {
    monaco.editor.setModelMarkers(model, OWNER, []);
    return;
  }
  // An empty place (the end of the text) is shown on the character before it.
  const from = error.to > error.from ? error.from : Math.max(0, error.from - 1);
  const start = model.getPositionAt(from);
  const end = model.getPositionAt(Math.max(error.to, from + 1));
  monaco.editor.setModelMarkers(model, OWNER, [
    {
      message: error.message,
      severity: monaco.MarkerSeverity.Error,
      startLineNumber: start.lineNumber,
      startColumn: start.column,
      endLineNumber: end.lineNumber,
      endColumn: end.column,
    },
  ]);
}
