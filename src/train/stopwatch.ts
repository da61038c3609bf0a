/** Counts seconds from its making, without those between `pause` and `resume`. */
export class Stopwatch {
  private counted = 0;
  private startedAt = performance.now();
  private running = true;

  get seconds(): number {
    const now = this.running ? performance.now() - this.startedAt : 0;
    return (this.counted + now) / 1000;
  }

  pause(): void {
    if (!this.running) return;
    this.counted += performance.now() - this.startedAt;
    this.running = false;
  }

  resume(): void {
    if (this.running) return;
    this.startedAt = performance.now();
    this.running = true;
  }
}
