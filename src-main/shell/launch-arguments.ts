/** Which of the application's arguments are Hearth's own: Chromium's and Electron's switches stand among them. */
const OWN = /^--(?:user-data-dir|enable-feature|(?:no-)?[a-z]+(?:\.[a-z0-9-]+)+)(?:=|$)/;

/** Flags of the application are written `--name=value`. */
export function ownArguments(args: readonly string[]): readonly string[] {
  return args.filter((arg) => OWN.test(arg));
}
