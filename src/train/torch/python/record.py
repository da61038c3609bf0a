# -------------------------------------------------------------------------------------------------------------- record

class Record:
    """What the first process tells: lines on the terminal, each a JSON object in record.jsonl."""

    def __init__(self, path, first_step, batches):
        # What came after the checkpoint will be done again.
        lines = path.read_text().splitlines() if path.exists() else []
        temporary = path.with_suffix(".tmp")
        temporary.write_text("".join(f"{line}\n" for line in lines if step_of(line) <= first_step))
        os.replace(temporary, path)
        self.file = open(path, "a")
        self.batches = batches
        self.step, self.time = first_step, time.monotonic()

    def write(self, **values):
        self.file.write(json.dumps(values) + "\n")
        self.file.flush()
        shown = {name: f"{value:.5g}" if isinstance(value, float) else value for name, value in values.items()}
        print("  ".join(f"{name} {value}" for name, value in shown.items()), flush=True)

    def report(self, step, loss, q):
        seconds = time.monotonic() - self.time
        speed = (step - self.step) * settings.batch_size / seconds
        self.write(
            step=step,
            epoch=step / self.batches.steps_per_epoch,
            loss=loss.item(),
            q_mean=q.mean().item(),
            q_variation=(q.std(correction=0) / q.mean()).item(),
            learning_rate=learning_rate(step - 1, self.batches.steps_per_epoch),
            images_per_second=speed,
            hours_left=(self.batches.steps - step) * settings.batch_size / speed / 3600,
        )
        self.step, self.time = step, self.time + seconds


def step_of(line):
    try:
        return json.loads(line)["step"]
    except ValueError:  # cut short by a crash
        return math.inf
