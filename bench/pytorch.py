"""`pytorch.py LAYOUT THREADS`: PyTorch as a contestant, in the memory layout `contiguous` or `channels-last`.

Answers the requests of protocol.ts, one JSON object a line, until its input ends.
"""

import json
import math
import sys
import time
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parent.parent / "test" / "golden"))
from resnet import ResNet  # noqa: E402

stages = {"resnet8": [1, 1, 1], "resnet18": [2, 2, 2, 2], "resnet50": [3, 4, 6, 3]}
learning_rate, temperature = 0.01, 0.1


def dcl(z, images):
    """The decoupled contrastive loss of 2 * images embeddings, view 1 before view 2."""
    u = nn.functional.normalize(z)
    logits = u @ u.T / temperature
    own = torch.eye(images, dtype=torch.bool).repeat(2, 2)
    positives = torch.diagonal(logits, images).repeat(2)
    return (logits.masked_fill(own, -math.inf).logsumexp(1) - positives).mean()


def stored_tensors(path):
    """Names, shapes and values of a safetensors file, one tensor at a time."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        for name, entry in header.items():
            if name != "__metadata__":
                begin, end = entry["data_offsets"]
                values = torch.frombuffer(bytearray(file.read(end - begin)), dtype=torch.float32)
                yield name, values.reshape(entry["shape"])


def load_weights(network, path):
    """Copies weights that have TensorFlow.js's names and layouts into the network."""
    names = {"kernel": "weight", "gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}
    state = network.state_dict()
    for name, tensor in stored_tensors(path):
        layer, kind = name.split("/")
        if kind == "kernel":
            tensor = tensor.permute(3, 2, 0, 1) if tensor.dim() == 4 else tensor.T
        state[f"{layer}.{names.get(kind, kind)}"].copy_(tensor)


def encoder_of(case):
    return ResNet(3, case["width"], stages[case["architecture"]], case["stem"], case["architecture"] == "resnet50")


def features_of(encoder):
    *_, stage = encoder.children()
    *_, block = stage.children()
    return block.outputs


def head_of(features, embedding=128):
    head = nn.Module()
    head.hidden = nn.Linear(features, features, bias=False)
    head.norm = nn.BatchNorm1d(features)
    head.output = nn.Linear(features, embedding)
    return head


def waves(first, images, pixels, memory):
    """Images [images, 3, pixels, pixels] with values in [-1, 1], from element `first` of the formula on."""
    length = pixels * pixels * 3
    result = torch.empty(images, 3, pixels, pixels, **memory)
    for i in range(images):
        n = torch.arange(first + i * length, first + (i + 1) * length, dtype=torch.float64)
        result[i] = torch.sin(0.37 * n * n + n).reshape(pixels, pixels, 3).permute(2, 0, 1)
    return result


class Training:
    def __init__(self, case, weights, memory):
        self.network = nn.Module()
        self.network.encoder = encoder_of(case)
        self.network.head = head_of(features_of(self.network.encoder))
        load_weights(self.network, weights)
        self.network.train().to(**memory)
        self.optimiser = torch.optim.SGD(self.network.parameters(), lr=learning_rate, momentum=0.9, weight_decay=5e-4)
        self.images = case["images"]
        self.views = waves(0, 2 * self.images, case["pixels"], memory).mul_(0.5).add_(0.5)

    def step(self):
        head = self.network.head
        hidden = head.norm(head.hidden(self.network.encoder(self.views))).relu_()
        loss = dcl(head.output(hidden), self.images)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return [loss.item()]


class Embedding:
    def __init__(self, case, weights, memory):
        self.network = nn.Module()
        self.network.encoder = encoder_of(case)
        load_weights(self.network, weights)
        self.network.eval().to(**memory)
        self.pixels = waves(0, case["images"], case["pixels"], memory).mul_(127.5).add_(127.5).to(torch.uint8)

    @torch.inference_mode()
    def step(self):
        return self.network.encoder(self.pixels.to(torch.float32).div_(255))[0].tolist()


def timed(work, times):
    begin = time.perf_counter()
    for _ in range(times):
        result = work()
    return {"seconds": time.perf_counter() - begin, "result": result}


def main():
    layout, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    memory = {"memory_format": torch.channels_last} if layout == "channels-last" else {}
    work = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["command"] == "prepare":
            work = {"train": Training, "embed": Embedding}[request["case"]["task"]](request["case"], request["weights"], memory)
            parameters = sum(p.numel() for p in work.network.parameters())
            reply = {"name": f"PyTorch {torch.__version__} {layout}", "parameters": parameters}
        elif request["command"] == "multiply":
            a, b = torch.rand(2, request["size"], request["size"])
            reply = timed(lambda: [(a @ b).sum().item()], 1)
        else:
            reply = timed(work.step, request["steps"])
        print(json.dumps(reply), flush=True)


main()
