# ------------------------------------------------------------------------------------------------------------ training

def train_step(network, optimiser, scaler, views, step, steps_per_epoch, precision=torch.float32):
    """One update by this process's views, [n, 2, 3, height, width]; the loss and q of the joined batch."""
    for group in optimiser.param_groups:
        group["lr"] = learning_rate(step, steps_per_epoch)
    with torch.autocast(views.device.type, precision, enabled=precision != torch.float32):
        embeddings = network(views)
    embeddings = [z.float() for z in embeddings]
    loss, q = contrast(*network.module.compare(*embeddings))
    optimiser.zero_grad()
    scaler.scale(loss).backward()
    scaler.step(optimiser)
    scaler.update()
    #: if method = moco
    _, keys = embeddings
    #: if keyMomentumSchedule = cosine
    network.module.update(keys, key_momentum(step, steps_per_epoch))
    #: end
    #: if keyMomentumSchedule = constant
    network.module.update(keys, settings.key_momentum)
    #: end
    #: end
    #: if method = nnclr
    u1, *_ = embeddings
    network.module.update(u1)
    #: end
    return loss.detach(), q


class StopRequest:
    """SIGTERM, which clusters send, or Ctrl-C: all processes stop after the same step."""

    def __init__(self, device):
        self.here = torch.zeros((), device=device)
        self.requested = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.request)

    def request(self, *_):
        self.requested = True

    def anywhere(self):
        self.here.fill_(float(self.requested))
        dist.all_reduce(self.here, dist.ReduceOp.MAX)
        return self.here.item() > 0


def leave_signals_to_the_main_process(_):
    """torchrun signals the processes that draw views, too; they end with the one that they serve."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def train(arguments, device):
    """Whether the run is finished, not stopped."""
    precision = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[arguments.precision]
    dataset = Views(arguments.data / "train" if (arguments.data / "train").is_dir() else arguments.data)
    torch.manual_seed(settings.seed)
    network = Network()
    if arguments.initial:
        load_initial(arguments.initial, network)
    network = distributed(network, device)
    optimiser = build_optimiser(network.module)
    scaler = torch.amp.GradScaler(device.type, enabled=precision == torch.float16)
    checkpoint = arguments.output / "checkpoint.pth"
    step = resume(checkpoint, network, optimiser, scaler) if checkpoint.exists() else 0
    batches = Batches(len(dataset.images), step)
    loader = DataLoader(
        dataset,
        batch_sampler=batches,
        num_workers=arguments.workers,
        pin_memory=device.type == "cuda",
        worker_init_fn=leave_signals_to_the_main_process,
    )
    is_first = dist.get_rank() == 0
    if is_first:
        record = Record(arguments.output / "record.jsonl", step, batches)
        record.write(
            step=step,
            steps=batches.steps,
            images=len(dataset.images),
            processes=dist.get_world_size(),
            device=torch.cuda.get_device_name() if device.type == "cuda" else "cpu",
            precision=arguments.precision,
            torch=torch.__version__,
        )
    stop = StopRequest(device)
    saved = time.monotonic()
    network.train()
    for views in loader:
        views = views.to(device, non_blocking=True)
        loss, q = train_step(network, optimiser, scaler, views, step, batches.steps_per_epoch, precision)
        step += 1
        stopping = stop.anywhere()
        if not torch.isfinite(loss):
            sys.exit(f"The loss of step {step} is {loss.item()}: lower the learning rate; the checkpoint is older.")
        if is_first:
            if step % 10 == 0 or step % batches.steps_per_epoch == 0 or stopping:
                record.report(step, loss, q)
            if step == batches.steps or stopping or time.monotonic() - saved > arguments.checkpoint_seconds:
                save(checkpoint, network, optimiser, scaler, step)
                saved = time.monotonic()
        if stopping:
            break
    # The checkpoint is written before any process ends.
    dist.barrier()
    return step == batches.steps


# ---------------------------------------------------------------------------------------------------------------- main

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of images by class, or with such a train/")
    parser.add_argument("--output", type=Path, required=True, help="folder for checkpoint.pth and record.jsonl")
    parser.add_argument("--initial", type=Path, help="weights to begin with, .safetensors of dcl-lab")
    parser.add_argument("--precision", choices=["fp32", "bf16", "fp16"], help="default: bf16 on GPUs, fp32 without")
    parser.add_argument("--workers", type=int, help="that draw views, for each GPU (default: cores / GPUs)")
    parser.add_argument("--checkpoint-seconds", type=float, default=600, help="between checkpoints (default: 600)")
    arguments = parser.parse_args()
    if "LOCAL_RANK" not in os.environ:
        sys.exit("Start it by torchrun: torchrun --standalone --nproc_per_node 1 pretrain.py ...")
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
        torch.backends.cudnn.benchmark = True
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    if arguments.precision is None:
        arguments.precision = "bf16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "fp32"
    if arguments.workers is None:
        arguments.workers = max(1, os.cpu_count() // int(os.environ["LOCAL_WORLD_SIZE"]))
    arguments.output.mkdir(parents=True, exist_ok=True)
    finished = train(arguments, device)
    dist.destroy_process_group()
    sys.exit(0 if finished else 130)


if __name__ == "__main__":
    main()
