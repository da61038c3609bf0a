/** A drawn PNG. */
export interface Picture {
  readonly png: Uint8Array;
  /** Size at which it is shown, in CSS pixels. */
  readonly width: number;
  readonly height: number;
}
