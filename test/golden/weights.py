"""Checkpoints as other projects write them, of tiny ResNets, and the features that PyTorch makes of fixed pixels with them.

Run with PyTorch 2.13: python test/golden/weights.py
It writes the files of test/golden/weights/ and what to expect of them to test/golden/weights.json.
"""

import argparse
import collections
import copy
import json
import pathlib

import torch
from formulas import chirp
from torch import nn

folder = pathlib.Path(__file__).parent / "weights"
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class Block(nn.Module):
    """Named as in torchvision, with `shortcut` for lightly's generator."""

    def __init__(self, inputs, width, stride, bottleneck, shortcut):
        super().__init__()
        outputs = width * (4 if bottleneck else 1)
        sizes = [(width, 1, 1), (width, 3, stride), (outputs, 1, 1)] if bottleneck else [(width, 3, stride), (width, 3, 1)]
        self.depth, self.outputs, self.shortcut_name = len(sizes), outputs, shortcut
        channels = inputs
        for index, (filters, size, step) in enumerate(sizes, 1):
            self.add_module(f"conv{index}", nn.Conv2d(channels, filters, size, step, size // 2, bias=False))
            self.add_module(f"bn{index}", nn.BatchNorm2d(filters))
            channels = filters
        conv = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
        beside = nn.Sequential(conv, nn.BatchNorm2d(outputs)) if stride != 1 or inputs != outputs else nn.Sequential()
        self.add_module(shortcut, beside)

    def forward(self, x):
        y = x
        for index in range(1, self.depth + 1):
            y = getattr(self, f"bn{index}")(getattr(self, f"conv{index}")(y))
            if index < self.depth:
                y = y.relu()
        return (y + getattr(self, self.shortcut_name)(x)).relu()


def stage(inputs, width, blocks, stride, bottleneck, shortcut):
    stacked = []
    for index in range(blocks):
        stacked.append(Block(inputs, width, stride if index == 0 else 1, bottleneck, shortcut))
        inputs = stacked[-1].outputs
    return nn.Sequential(*stacked)


def resnet(stem, stages, bottleneck=False, width=4, shortcut="downsample", fc=True):
    """The modules by torchvision's names, in its order, so that their values in a Sequential are its children."""
    parts = collections.OrderedDict()
    kernel = dict(imagenet=(7, 2, 3), cifar=(3, 1, 1), solo=(3, 1, 2), lightly=(3, 1, 1))[stem]
    parts["conv1"] = nn.Conv2d(3, width, *kernel, bias=False)
    parts["bn1"] = nn.BatchNorm2d(width)
    if stem != "lightly":
        parts["relu"] = nn.ReLU()
    if stem == "imagenet":
        parts["maxpool"] = nn.MaxPool2d(3, 2, 1)
    inputs = width
    for index, blocks in enumerate(stages):
        parts[f"layer{index + 1}"] = stage(inputs, width * 2**index, blocks, min(index + 1, 2), bottleneck, shortcut)
        inputs = width * 2**index * (4 if bottleneck else 1)
    parts["avgpool"] = nn.AdaptiveAvgPool2d(1)
    if fc:
        parts["flatten"] = nn.Flatten()
        parts["fc"] = nn.Linear(inputs, 10)
    network = nn.Sequential(parts)
    with torch.no_grad():
        for norm in [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]:
            norm.weight.copy_(1 + 0.3 * torch.randn(norm.weight.shape))
            norm.bias.copy_(0.3 * torch.randn(norm.bias.shape))
        for _ in range(20):
            network.train()(standardised(torch.rand(8, 3, 20, 18)))
    return network.eval()


def standardised(images):
    return (images - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)


def pixels(height, width):
    return 0.5 + 0.5 * chirp((2, height, width, 3), 0)


def features(network, size):
    """Of the double precision network, so that the test measures our error alone."""
    parts = collections.OrderedDict((n, m) for n, m in network.named_children() if n not in ("flatten", "fc"))
    trunk = copy.deepcopy(nn.Sequential(parts)).double()
    with torch.no_grad():
        return trunk(standardised(pixels(*size).permute(0, 3, 1, 2))).flatten(1).tolist()


def named(network, prefix):
    return collections.OrderedDict((prefix + name, value) for name, value in network.state_dict().items())


def children(network):
    """As nn.Sequential(*list(network.children())[:-1])."""
    return nn.Sequential(*[m for n, m in network.named_children() if n not in ("flatten", "fc")])


def head(prefix, inputs):
    network = nn.Sequential(nn.Linear(inputs, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 4))
    return named(network, prefix)


def momentum_sgd(network):
    """The state of an optimiser after a step."""
    optimiser = torch.optim.SGD(network.parameters(), 0.1, momentum=0.9)
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)
    kept = copy.deepcopy(network.state_dict())
    optimiser.step()
    network.load_state_dict(kept)
    return optimiser.state_dict()


cases = {}


def case(file, network, checkpoint, size, legacy=False, **expected):
    torch.save(checkpoint, folder / file, _use_new_zipfile_serialization=not legacy)
    cases[file] = {"size": size, "features": features(network, size), **expected}


def lightning(state, network, **more):
    """What PyTorch Lightning writes around a state dict."""
    return {
        "epoch": 3,
        "global_step": 40,
        "pytorch-lightning_version": "2.1.0",
        "state_dict": state,
        "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 4, "completed": 3}}}},
        "callbacks": {},
        "optimizer_states": [momentum_sgd(network)],
        "lr_schedulers": [{"base_lrs": [0.1], "last_epoch": 3}],
        **more,
    }


def networks():
    torch.manual_seed(0)
    bottleneck = resnet("imagenet", [1, 2], bottleneck=True)
    for legacy in (False, True):
        file = "torchvision-legacy.pth" if legacy else "torchvision.pth"
        state = bottleneck.state_dict()
        case(file, bottleneck, state, (30, 33), legacy, project="torchvision", prefix="", architecture="resnet11")

    q, k = resnet("imagenet", [1, 1]), resnet("imagenet", [1, 1])
    state = {**named(q, "module.encoder_q."), **named(k, "module.encoder_k."), "module.queue": torch.rand(4, 8)}
    state["module.queue_ptr"] = torch.zeros(1, dtype=torch.long)
    moco = {"epoch": 200, "arch": "resnet50", "state_dict": state, "optimizer": momentum_sgd(q)}
    prefix = "state_dict.module.encoder_q."
    case("moco.pth.tar", q, moco, (32, 32), legacy=True, project="MoCo", prefix=prefix, architecture="resnet6")

    plain = resnet("imagenet", [1, 1], fc=False)
    state = {**named(plain, "backbone."), **head("projection_head.layers.", 8), **head("online_classifier.", 8)}
    hyper = {"batch_size_per_device": 256, "num_classes": 1000}
    prefix = "state_dict.backbone."
    checkpoint = lightning(state, plain, hyper_parameters=hyper)
    case("lightly.ckpt", plain, checkpoint, (32, 32), project="lightly", prefix=prefix, architecture="resnet6")

    numbered = resnet("imagenet", [1, 1])
    state = {**named(children(numbered), "backbone."), **head("projection_head.layers.", 8)}
    hyper = argparse.Namespace(lr=0.06, args=argparse.Namespace(name="simclr"))
    checkpoint = lightning(state, numbered, hyper_parameters={"args": hyper})
    file = "lightly-children.ckpt"
    case(file, numbered, checkpoint, (32, 32), project="lightly", prefix=prefix, architecture="resnet6", unknown="argparse.Namespace")

    generator = resnet("lightly", [1, 1], shortcut="shortcut")
    checkpoint = lightning(named(children(generator), "backbone."), generator)
    file = "lightly-generator.ckpt"
    case(file, generator, checkpoint, (11, 8), project="lightly", prefix=prefix, architecture="resnet6")

    solo, follower = resnet("solo", [1, 1], fc=False), resnet("solo", [1, 1], fc=False)
    state = {**named(solo, "backbone."), **named(follower, "momentum_backbone."), **head("projector.", 8)}
    state.update(named(nn.Linear(8, 10), "classifier."))
    case("solo-learn.ckpt", solo, lightning(state, solo), (8, 9), project="solo-learn", prefix=prefix, architecture="resnet6")

    older = resnet("imagenet", [1, 1], fc=False)
    state = {**named(older, "encoder."), **named(nn.Linear(8, 10), "classifier.")}
    prefix = "state_dict.encoder."
    file = "solo-learn-older.ckpt"
    case(file, older, lightning(state, older), (32, 32), project="older solo-learn", prefix=prefix, architecture="resnet6")

    trunk = resnet("imagenet", [1, 1], fc=False)
    model = {"trunk": named(trunk, "_feature_blocks."), "heads": head("0.clf.", 8)}
    vissl = {"phase_idx": 99, "classy_state_dict": {"base_model": {"model": model, "meta": {}}, "train": True}}
    prefix = "classy_state_dict.base_model.model.trunk._feature_blocks."
    case("vissl.torch", trunk, vissl, (32, 32), project="VISSL", prefix=prefix, architecture="resnet6")

    pool_free = resnet("cifar", [1, 1])
    state = {**named(children(pool_free), "f."), **head("g.", 8)}
    project = "raminnakhli/Decoupled-Contrastive-Learning"
    case("dcl.pth", pool_free, state, (9, 8), project=project, prefix="f.", architecture="resnet6")


def views():
    """Tensors of every type, and views of one storage."""
    base = chirp((6, 5), 0).float()
    floats = torch.tensor([0.0, -1.5, 65504.0, 6e-8, float("inf")])
    tensors = {
        "transposed": base.t(),
        "columns": base[:, 1:4],
        "row": base[3],
        "every second": base[::2, ::2],
        "channels last": chirp((2, 3, 2, 2), 1).float().to(memory_format=torch.channels_last),
        "scalar": base[2, 2],
        "empty": base[:0],
        "parameter": nn.Parameter(base[1]),
        "float64": chirp((4,), 0),
        "float16": floats.half(),
        "bfloat16": floats.bfloat16(),
        **{str(t).split(".")[1]: torch.tensor([0, 1, 100], dtype=t) for t in (torch.int16, torch.uint8, torch.bool)},
        **{str(t).split(".")[1]: torch.tensor([0, -1, 100], dtype=t) for t in (torch.int64, torch.int32, torch.int8)},
    }
    values = {
        name: {"shape": list(t.shape), "values": [str(v) for v in t.detach().double().flatten().tolist()]}
        for name, t in tensors.items()
    }
    tensors["too large"] = torch.tensor([2**31])
    tensors["repeated"] = torch.ones(1).expand(1000)
    plain = {"set": {1, 2}, "bytes": b"ab", "none": None, "size": base.shape, "type": torch.float16, "large": 2**80}
    plain["device"] = torch.device("cpu")
    everything = {"tensors": tensors, "plain": plain}
    torch.save(everything, folder / "views.pth")
    for protocol in (2, 4):
        file = folder / f"views-legacy-{protocol}.pth"
        torch.save(everything, file, pickle_protocol=protocol, _use_new_zipfile_serialization=False)
    return values


folder.mkdir(exist_ok=True)
networks()
expected = {"networks": cases, "views": views()}
(folder.parent / "weights.json").write_text(json.dumps(expected, indent=1) + "\n")
