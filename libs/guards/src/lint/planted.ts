/** A file in the planted workspace, and the one rule that must find fault with it; undefined: no rule may. */
export interface Planted {
  readonly file: string;
  readonly code: string;
  readonly rule: string | undefined;
}
