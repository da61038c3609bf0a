"""Golden outputs and gradients of small ResNets and of batch norm, in float64.

Every weight is a formula of its place (formulas.py), so both sides write it down; layers are named as in src/models.
Run with PyTorch 2.13: python test/golden/models.py > test/golden/models.json
"""

import json

import torch
from formulas import chirp, gradient_digests, place_weights
from resnet import ResNet
from torch import nn


def resnet_case(architecture, stem, images, width, stages, bottleneck):
    network = ResNet(images[3], width, stages, stem, bottleneck).double()
    place_weights(network)
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
        "weightGradients": gradient_digests(network),
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
