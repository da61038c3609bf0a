"""PyTorch's side of train-step.ts: answers one JSON object a line with one JSON object a line, until its input ends.

prepare: builds encoder and head from the weights that come along, in layouts of TensorFlow.js; replies with the number
         of trainable parameters, the loss of the first step and the version of PyTorch
run:     takes so many training steps; replies with their seconds
"""

import base64
import json
import math
import sys
import time
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parent.parent / "test" / "golden"))
from resnet import ResNet  # noqa: E402


def dcl(z, images, temperature):
    """The decoupled contrastive loss of 2 * images embeddings, view 1 before view 2."""
    u = nn.functional.normalize(z)
    logits = u @ u.T / temperature
    own = torch.eye(images, dtype=torch.bool).repeat(2, 2)
    positives = torch.diagonal(logits, images).repeat(2)
    return (logits.masked_fill(own, -math.inf).logsumexp(1) - positives).mean()


def layer_weights(weights):
    """Tensors by PyTorch's names, from TensorFlow.js's names and layouts."""
    names = {"kernel": "weight", "gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}
    for name, (shape, data) in weights.items():
        tensor = torch.frombuffer(bytearray(base64.b64decode(data)), dtype=torch.float32).reshape(shape)
        layer, kind = name.split("/")
        if kind == "kernel":
            tensor = tensor.permute(3, 2, 0, 1) if tensor.dim() == 4 else tensor.T
        yield f"{layer}.{names.get(kind, kind)}", tensor


class TrainingStep:
    def __init__(self, request):
        torch.set_num_threads(request["threads"])
        memory = {"memory_format": torch.channels_last} if request["layout"] == "channels-last" else {}
        features, hidden, embedding = request["head"]
        head = nn.Module()
        head.hidden = nn.Linear(features, hidden, bias=False)
        head.norm = nn.BatchNorm1d(hidden)
        head.output = nn.Linear(hidden, embedding)
        encoder = ResNet(3, request["width"], request["stages"], "cifar", False)
        encoder.load_state_dict(dict(layer_weights(request["encoderWeights"])), strict=False)
        head.load_state_dict(dict(layer_weights(request["headWeights"])), strict=False)
        self.encoder, self.head = encoder.train().to(**memory), head.train()
        self.parameters = [*encoder.parameters(), *head.parameters()]
        self.optimiser = torch.optim.SGD(self.parameters, lr=request["learningRate"], momentum=0.9, weight_decay=5e-4)
        self.images, self.temperature = request["images"], request["temperature"]
        n = torch.arange(2 * self.images * 32 * 32 * 3, dtype=torch.float64)
        pixels = (0.5 + 0.5 * torch.sin(0.37 * n * n + n)).float().reshape(2 * self.images, 32, 32, 3)
        self.views = pixels.permute(0, 3, 1, 2).contiguous(**memory)

    def run(self):
        hidden = self.head.norm(self.head.hidden(self.encoder(self.views))).relu_()
        loss = dcl(self.head.output(hidden), self.images, self.temperature)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item()


def main():
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["command"] == "prepare":
            step = TrainingStep(request)
            parameters = sum(p.numel() for p in step.parameters)
            reply = {"parameters": parameters, "firstLoss": step.run(), "version": torch.__version__}
        else:
            start = time.perf_counter()
            for _ in range(request["steps"]):
                step.run()
            reply = {"seconds": time.perf_counter() - start}
        print(json.dumps(reply), flush=True)


main()
