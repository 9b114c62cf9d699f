export interface EditorError {
  readonly message: string;
  readonly from: number;
  readonly to: number;
}

export interface QueryEditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onRun: (value: string) => void;
  /** Where the engine found the query wrong, for the text that it was given. */
  readonly error: EditorError | null;
  /** Earlier (-1) and later (1) queries; null when there is none that way. */
  readonly onHistory: (direction: -1 | 1) => string | null;
}
