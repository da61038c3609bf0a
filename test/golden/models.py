"""Golden outputs and gradients of small ResNets and of batch norm, in float64.

Every weight is a formula of its place, so both sides write it down; layers are named as in src/models.
Run with PyTorch 2.13: python test/golden/models.py > test/golden/models.json
"""

import json
import math

import torch
from resnet import ResNet
from torch import nn


def chirp(shape, phase):
    """sin(0.37 n^2 + n + phase) for n = 0, 1, ..., row by row."""
    n = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin(0.37 * n * n + n + phase).reshape(shape)


def place_weights(network):
    """Fills in the formulas, in the layouts of TensorFlow.js; phases count the layers in order of their names."""
    layers = dict(network.named_modules())
    names = sorted(n for n, m in layers.items() if isinstance(m, (nn.Conv2d, nn.BatchNorm2d)))
    for phase, name in enumerate(names):
        layer = layers[name]
        with torch.no_grad():
            if isinstance(layer, nn.Conv2d):
                out, into, height, width = layer.weight.shape
                kernel = chirp((height, width, into, out), phase) * 2 / math.sqrt(height * width * into)
                layer.weight.copy_(kernel.permute(3, 2, 0, 1))
            else:
                layer.weight.copy_(1 + 0.3 * chirp(layer.weight.shape, phase))
                layer.bias.copy_(0.3 * chirp(layer.bias.shape, phase + 0.5))
    return names, layers


def weight_gradients(names, layers):
    """Of each weight, the sum of its gradient times a formula: one number that sees every element."""
    sums = {}
    for name in names:
        layer = layers[name]
        gradient = layer.weight.grad
        if isinstance(layer, nn.Conv2d):
            gradient = gradient.permute(2, 3, 1, 0)
            sums[f"{name}/kernel"] = (gradient * chirp(gradient.shape, 0)).sum().item()
        else:
            sums[f"{name}/gamma"] = (gradient * chirp(gradient.shape, 0)).sum().item()
            sums[f"{name}/beta"] = (layer.bias.grad * chirp(gradient.shape, 0)).sum().item()
    return sums


def resnet_case(architecture, stem, images, width, stages, bottleneck):
    network = ResNet(images[3], width, stages, stem, bottleneck).double()
    names, layers = place_weights(network)
    x = chirp(images, 0).permute(0, 3, 1, 2).requires_grad_()
    trained = network.train()(x)
    (trained * chirp(trained.shape, 0)).sum().backward()
    input_gradient = x.grad.permute(0, 2, 3, 1)
    return {
        "architecture": architecture,
        "stem": stem,
        "images": images,
        "width": width,
        "training": trained.tolist(),
        "inputGradient": (input_gradient * chirp(images, 1)).sum().item(),
        "weightGradients": weight_gradients(names, layers),
        "inferenceAfterwards": network.eval()(x).tolist(),
    }


def batch_norm_case():
    shape, channels = (3, 2, 2, 4), 4
    norm = nn.BatchNorm2d(channels).double()
    with torch.no_grad():
        norm.weight.copy_(1 + 0.3 * chirp((channels,), 0))
        norm.bias.copy_(0.3 * chirp((channels,), 0.5))
    x = (3 + 2 * chirp(shape, 0)).requires_grad_()
    y = norm.train()(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    (y * chirp(shape, 1)).sum().backward()
    return {
        "shape": shape,
        "training": y.detach().flatten().tolist(),
        "gradients": {
            "x": x.grad.flatten().tolist(),
            "gamma": norm.weight.grad.tolist(),
            "beta": norm.bias.grad.tolist(),
        },
        "movingMean": norm.running_mean.tolist(),
        "movingVariance": norm.running_var.tolist(),
        "inferenceAfterwards": norm.eval()(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1).flatten().tolist(),
    }


print(
    json.dumps(
        {
            "batchNorm": batch_norm_case(),
            "resnets": [
                resnet_case("resnet8", "cifar", (3, 8, 8, 3), 4, [1, 1, 1], False),
                resnet_case("resnet18", "imagenet", (4, 31, 30, 1), 3, [2, 2, 2, 2], False),
                resnet_case("resnet50", "cifar", (4, 16, 16, 2), 2, [3, 4, 6, 3], True),
            ],
        },
        indent=1,
    )
)
