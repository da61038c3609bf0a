"""Pretrains an encoder by SimCLR with the decoupled contrastive loss (DCL) on one or many GPUs, in PyTorch.

    torchrun --standalone --nproc_per_node 8 pretrain.py --data IMAGES/train --output runs/pretrain

Written by dcl-lab from the recipe paper, otherwise lightly; made to be read and changed.
- Of the paper, the abstract and the derivation are covered: its appendix may state what is called not stated here.
- Its published figures for DCL and DCLW are from before its loss was corrected (commit 0111edc), which had counted
  the negatives' part twice.
- It blurs with Pillow, whose kernel reaches as far as sigma says.

The same command goes on at the step of the newest checkpoint, also with another number of processes: what is drawn
depends on seed, epoch and image alone, and a step's images are then the same, in another order. SIGTERM and Ctrl-C
leave a checkpoint. `dcl-lab evaluate runs/pretrain/checkpoint.pth` measures the encoder. Needs torch and torchvision.
"""

import argparse
import json
import math
import os
import signal
import sys
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset, Sampler
from torchvision import models
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

# ------------------------------------------------------------------------------------------------------------ settings

@dataclass(frozen=True)
class Settings:
    """Of the recipe paper, otherwise lightly. A run goes on with the same settings only."""

    # Method; its name says what the code below is
    #   Yeh et al., 2022, abstract
    method: str = "simclr"

    # Loss; its name says what the code below is
    #   Yeh et al., 2022, Proposition 2
    #   lightly-ai/lightly@e8d317f benchmarks/imagenet/resnet50/dcl.py
    loss: str = "dcl"
    temperature: float = 0.1

    # Encoder
    #   Yeh et al., 2022, results on ImageNet
    #   that of a ResNet-50 (He et al., 2016)
    #   lightly-ai/lightly@e8d317f lightly/transforms/simclr_transform.py
    encoder: str = "resnet50"
    pixel_mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    pixel_deviation: tuple[float, ...] = (0.229, 0.224, 0.225)

    # Projection head; the code below says which layers batch norm follows
    #   lightly-ai/lightly@e8d317f lightly/models/modules/heads.py, SimCLRProjectionHead
    head_hidden: int = 2048
    head_output: int = 128
    head_batch_norm: str = "all"

    # Views
    #   lightly-ai/lightly@e8d317f lightly/transforms/simclr_transform.py
    view_size: tuple[int, ...] = (224, 224)
    crop_scale: tuple[float, ...] = (0.08, 1.0)
    crop_ratio: tuple[float, ...] = (0.75, 1.3333333333333333)
    flip_probability: float = 0.5
    jitter_probability: float = 0.8
    brightness: float = 0.8
    contrast: float = 0.8
    saturation: float = 0.8
    hue: float = 0.2
    grayscale_probability: float = 0.2
    blur_probability: float = 0.5
    blur_sigma: tuple[float, ...] = (0.1, 2.0)

    # Images of a step over all processes, passes over the images
    #   Yeh et al., 2022, abstract
    batch_size: int = 256
    epochs: int = 200
    seed: int = 1

    # Optimiser; its name says what the code below is
    #   lightly-ai/lightly@e8d317f benchmarks/imagenet/resnet50/dcl.py; lightly/utils/lars.py
    optimiser: str = "lars, pytorch"
    momentum: float = 0.9
    weight_decay: float = 0.000001
    trust_coefficient: float = 0.001
    epsilon: float = 1e-8

    # Highest learning rate
    #   lightly-ai/lightly@e8d317f benchmarks/imagenet/resnet50/dcl.py
    learning_rate_base: float = 0.075

    # Linear warm-up, then half a cosine
    #   lightly-ai/lightly@e8d317f benchmarks/imagenet/resnet50/dcl.py
    #   lightly-ai/lightly@e8d317f lightly/utils/scheduler.py
    warmup_epochs: float = 10.0
    cosine_floor: float = 0.001

    @property
    def learning_rate(self):
        return self.learning_rate_base * math.sqrt(self.batch_size)


settings = Settings()
# What dcl-lab needs to know of the encoder beside its weights.
ENCODER = '{"stem":{"kernelSize":7,"stride":2,"relu":true,"pool":true},"standardise":{"mean":[0.485,0.456,0.406],"deviation":[0.229,0.224,0.225]},"inputShape":[224,224,3]}'


# --------------------------------------------------------------------------------------------------------------- views

class GaussianBlur(nn.Module):
    """SimCLR's: a kernel that reaches over a tenth of the view's height, zeros beyond the border."""

    def forward(self, view):
        if torch.rand(()) >= settings.blur_probability:
            return view
        sigma = torch.empty(()).uniform_(*settings.blur_sigma)
        radius = view.shape[-2] // 10 // 2
        kernel = torch.exp(-torch.arange(-radius, radius + 1.0) ** 2 / (2 * sigma**2))
        kernel = (kernel / kernel.sum()).expand(len(view), 1, -1)
        view = F.conv2d(view, kernel[:, :, None, :], padding=(0, radius), groups=len(view))
        return F.conv2d(view, kernel[:, :, :, None], padding=(radius, 0), groups=len(view))


def view_transform():
    """A picture to a random view [3, height, width]: SimCLR's steps in SimCLR's order."""
    s = settings
    return v2.Compose([
        v2.RandomResizedCrop(s.view_size, scale=s.crop_scale, ratio=s.crop_ratio, antialias=True),
        v2.RandomHorizontalFlip(s.flip_probability),
        v2.ToImage(),
        v2.ToDtype(torch.float32, scale=True),
        v2.RandomApply([v2.ColorJitter(s.brightness, s.contrast, s.saturation, s.hue)], s.jitter_probability),
        v2.RandomGrayscale(s.grayscale_probability),
        GaussianBlur(),
        v2.Normalize(s.pixel_mean, s.pixel_deviation),
    ])


class Views(Dataset):
    """Two views of an image, [2, 3, height, width]."""

    def __init__(self, folder):
        try:
            self.images = ImageFolder(folder)
        except FileNotFoundError as error:
            sys.exit(f"--data {folder} is no folder of images by class: {error}")
        self.transform = view_transform()

    def __getitem__(self, place):
        epoch, image = place
        path, _ = self.images.samples[image]
        try:
            picture = self.images.loader(path)
        except OSError as error:
            raise RuntimeError(f"{path} cannot be read: {error}. Replace or remove it.") from error
        # Python's hash of whole numbers is the same in every process.
        torch.default_generator.manual_seed(hash((settings.seed, epoch, image)))
        return torch.stack([self.transform(picture), self.transform(picture)])


class Batches(Sampler):
    """This process's share of every step's batch from `first_step` to the end of the run, as (epoch, image).

    The batch of a step is the same however many processes share it. What is left of an epoch is dropped.
    """

    def __init__(self, images, first_step):
        if settings.batch_size % dist.get_world_size() != 0:
            sys.exit(f"A batch of {settings.batch_size} cannot be shared by {dist.get_world_size()} processes evenly.")
        if images < settings.batch_size:
            sys.exit(f"There are {images} images, fewer than a batch of {settings.batch_size}.")
        self.images = images
        self.first_step = first_step
        self.steps_per_epoch = images // settings.batch_size
        self.steps = self.steps_per_epoch * settings.epochs

    def __iter__(self):
        order, order_of = None, None
        for step in range(self.first_step, self.steps):
            epoch, batch = divmod(step, self.steps_per_epoch)
            if order_of != epoch:
                generator = torch.Generator().manual_seed(hash((settings.seed, epoch)))
                order, order_of = torch.randperm(self.images, generator=generator), epoch
            joined = order[batch * settings.batch_size : (batch + 1) * settings.batch_size]
            yield [(epoch, image) for image in joined[dist.get_rank() :: dist.get_world_size()].tolist()]

    def __len__(self):
        return self.steps - self.first_step


# ------------------------------------------------------------------------------------------------------------- network

def build_encoder():
    """torchvision's ResNet without its classifier, and the number of its features."""
    encoder = models.get_model(settings.encoder)
    features = encoder.fc.in_features
    encoder.fc = nn.Identity()
    return encoder, features


def linear(inputs, outputs, gain, bias):
    layer = nn.Linear(inputs, outputs, bias=bias)
    nn.init.normal_(layer.weight, std=math.sqrt(gain / inputs))
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


def build_head(features):
    """The projection head, which is thrown away after pretraining."""
    hidden, output = settings.head_hidden, settings.head_output
    return nn.Sequential(OrderedDict([
        ("hidden", linear(features, hidden, gain=2, bias=False)),
        ("norm", nn.BatchNorm1d(hidden)),
        ("relu", nn.ReLU()),
        ("output", linear(hidden, output, gain=1, bias=False)),
        ("norm_output", nn.BatchNorm1d(output)),
    ]))


# ------------------------------------------------------------------------------------------------ between the processes

class Gather(torch.autograd.Function):
    """One tensor of each process, [n, ...], to those of all, [processes, n, ...].

    Every process then computes the loss of the whole joined batch, so that the gradient of its own embeddings is
    complete without further communication. DistributedDataParallel averages the weights' gradients over the processes,
    where that of the joined batch is their sum: hence the factor.
    """

    @staticmethod
    def forward(ctx, x):
        parts = [torch.empty_like(x) for _ in range(dist.get_world_size())]
        dist.all_gather(parts, x.contiguous())
        return torch.stack(parts)

    @staticmethod
    def backward(ctx, gradient):
        return gradient[dist.get_rank()] * dist.get_world_size()


def joined(x):
    """One row for each image of this process, [n, ...], to those of the joined batch in its order, [N, ...]."""
    return Gather.apply(x).transpose(0, 1).flatten(0, 1)


class SumOverProcesses(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        x = x.clone()
        dist.all_reduce(x)
        return x

    @staticmethod
    def backward(ctx, gradient):
        return SumOverProcesses.apply(gradient)


class BatchNormOnCPU(_BatchNorm):
    """Batch norm over the joined batch, for training on CPUs, whose tensors nn.SyncBatchNorm does not take."""

    def forward(self, x):
        x = x.float()
        axes, shape = ([0], (1, -1)) if x.dim() == 2 else ([0, 2, 3], (1, -1, 1, 1))
        count = x.numel() // x.shape[1] * dist.get_world_size()
        mean = SumOverProcesses.apply(x.sum(axes)) / count
        centred = x - mean.view(shape)
        variance = SumOverProcesses.apply(centred.square().sum(axes)) / count
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)
        scale = self.weight * (variance + self.eps).rsqrt()
        return centred * scale.view(shape) + self.bias.view(shape)


def distributed(network, device):
    """The network on its device, batch norm over the joined batch, gradients averaged over the processes."""
    network.to(device, memory_format=torch.channels_last)
    if device.type == "cuda":
        network = nn.SyncBatchNorm.convert_sync_batchnorm(network)
    else:
        for layer in network.modules():
            if isinstance(layer, _BatchNorm):
                layer.__class__ = BatchNormOnCPU
    return DistributedDataParallel(network, device_ids=[device] if device.type == "cuda" else None)


# ---------------------------------------------------------------------------------------------------------------- loss

def contrast(positives, log_u):
    """The loss of all anchors of the joined batch and the multiplier q of each, [A].

    positives is each anchor's similarity with its positive over the temperature, log_u the logarithm of U, the sum of
    exp(similarity / temperature) over its negatives, [A] each.
    """
    q = torch.sigmoid(log_u - positives).detach()
    # DCL (Yeh et al., 2022, Proposition 2): the positive is not in the denominator.
    return (log_u - positives).mean(), q


# -------------------------------------------------------------------------------------------------------------- SimCLR

class Network(nn.Module):
    """SimCLR (Chen et al., 2020): both views of an image are anchors, each the positive of the other."""

    def __init__(self):
        super().__init__()
        self.encoder, features = build_encoder()
        self.head = build_head(features)

    def forward(self, views):
        """Views [n, 2, 3, height, width] to the embeddings of view 1 and view 2, [n, d] each."""
        # Both views pass as one batch, so that batch norm sees them together.
        both = views.transpose(0, 1).flatten(0, 1).contiguous(memory_format=torch.channels_last)
        return self.head(self.encoder(both)).chunk(2)

    def compare(self, z1, z2):
        """The positive similarity and log U of the joined batch's 2N anchors.

        The negatives are both views of the other N - 1 images: U sums 2(N - 1) exponentials.
        """
        u = F.normalize(torch.cat([joined(z1), joined(z2)]))
        similarities = u @ u.T / settings.temperature
        images = len(u) // 2
        own_image = torch.eye(images, dtype=torch.bool, device=u.device).repeat(2, 2)
        positives = similarities.diagonal(images).repeat(2)
        return positives, similarities.masked_fill(own_image, -math.inf).logsumexp(1)


# ----------------------------------------------------------------------------------------------------------- optimiser

class LARS(torch.optim.Optimizer):
    """Layer-wise adaptive rate scaling (You et al., 2017) as lightly and solo-learn have it: the norms of gradient and
    decay are added, and the learning rate multiplies the velocity."""

    def __init__(self, groups):
        super().__init__(groups, {"lr": 0.0})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for weight in group["params"]:
                state = self.state[weight]
                if not state:
                    state["velocity"] = torch.zeros_like(weight)
                gradient = self.scaled(weight, weight.grad, group["lr"]) if group["adapts"] else weight.grad
                state["velocity"].mul_(settings.momentum).add_(gradient)
                weight.sub_(state["velocity"], alpha=group["lr"])

    def scaled(self, weight, gradient, rate):
        """The gradient with weight decay, times the trust ratio."""
        s = settings
        weight_norm, gradient_norm = weight.norm(), gradient.norm()
        ratio = s.trust_coefficient * weight_norm / (gradient_norm + s.weight_decay * weight_norm + s.epsilon)
        adapts = (weight_norm > 0) & (gradient_norm > 0)
        return torch.where(adapts, ratio * (gradient + s.weight_decay * weight), gradient)


def build_optimiser(network):
    """Biases, and batch norm's scales and shifts, which are the vectors, get no weight decay and no trust ratio."""
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    vectors = [weight for weight in weights if weight.ndim <= 1]
    others = [weight for weight in weights if weight.ndim > 1]
    return LARS([{"params": others, "adapts": True}, {"params": vectors, "adapts": False}])


def learning_rate(step, steps_per_epoch):
    """Linear warm-up, then half a cosine; `step` is 0 for the first."""
    peak = settings.learning_rate
    steps = settings.epochs * steps_per_epoch
    warmup = math.floor(settings.warmup_epochs * steps_per_epoch + 0.5)
    if step < warmup - 1:
        start = peak / warmup
        return start + (peak - start) * step / (warmup - 1)
    if step < warmup:
        return peak
    floor, end = settings.cosine_floor * peak, steps - 1
    return floor + (peak - floor) * (1 + math.cos(math.pi * (step - warmup) / max(1, end - warmup))) / 2


# --------------------------------------------------------------------------------------------------------- checkpoints

def save(path, network, optimiser, scaler, step):
    """The checkpoint is whole, or the one before it is untouched."""
    temporary = path.with_suffix(".tmp")
    contents = {
        "model": network.module.state_dict(),
        "optimiser": optimiser.state_dict(),
        "scaler": scaler.state_dict(),
        "step": step,
        "settings": asdict(settings),
        "dcl-lab encoder": ENCODER,
    }
    with open(temporary, "wb") as file:
        torch.save(contents, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def resume(path, network, optimiser, scaler):
    """Puts everything back to where the checkpoint was, and gives the number of steps that are done."""
    stored = torch.load(path, map_location="cpu", weights_only=True)
    was, now = stored["settings"], asdict(settings)
    differing = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    if differing:
        listed = ", ".join(f"{name} was {was.get(name)}, now {now.get(name)}" for name in differing)
        sys.exit(f"{path} is of other settings: {listed}. Give the same settings or another --output.")
    network.module.load_state_dict(stored["model"])
    optimiser.load_state_dict(stored["optimiser"])
    if stored["scaler"]:
        scaler.load_state_dict(stored["scaler"])
    return stored["step"]


def load_initial(path, network):
    """Begins with weights of `dcl-lab export --initial`, or of `dcl-lab convert`, which has the encoder's alone."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        values = bytearray(file.read())
    header.pop("__metadata__", None)
    weights, own = {}, network.state_dict().keys()
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensor = torch.frombuffer(values[begin:end], dtype=torch.float32).reshape(entry["shape"])
        weights[name if name in own else f"encoder.{name}"] = tensor
    given = {name.split(".")[0] for name in weights}
    missing, unexpected = network.load_state_dict(weights, strict=False)
    missing = [name for name in missing if name.split(".")[0] in given and not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        sys.exit(f"{path} is of another network: {missing[:5]} are missing, {unexpected[:5]} have no place.")


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
