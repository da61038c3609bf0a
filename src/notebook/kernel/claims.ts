/** Which cells hold the outputs that a notebook needs only once. */
export class Claims {
  readonly #cells = new Map<string, string | undefined>();

  /**
   * True unless some cell of the notebook already holds the output of this name.
   * @param cell - the one that will; undefined where the front end does not name its cells
   */
  claim(name: string, cell: string | undefined): boolean {
    if (this.#cells.has(name)) return false;
    this.#cells.set(name, cell);
    return true;
  }

  /** What these cells held is gone: they begin anew, or were deleted. */
  release(cells: readonly unknown[]): void {
    for (const [name, cell] of this.#cells) {
      if (cell !== undefined && cells.includes(cell)) this.#cells.delete(name);
    }
  }
}
