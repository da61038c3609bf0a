"""Formulas of every weight's place, which the TypeScript tests write down as well, and digests to compare weights by.

Weights are named as in src/models, kernels in the layouts of TensorFlow.js.
"""

import math

import torch
from torch import nn

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def chirp(shape, phase):
    """sin(0.37 n^2 + n + phase) for n = 0, 1, ..., row by row."""
    n = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin(0.37 * n * n + n + phase).reshape(shape)


def digest(values):
    """The sum of the values times a formula that is no weight's own: one number that sees every element."""
    return (values * chirp(values.shape, 0.5)).sum().item()


def tensorflow_layout(weight):
    """A view of a kernel with the axes in TensorFlow's order: [height, width, in, out] or [in, out]."""
    return weight.permute({1: (0,), 2: (1, 0), 4: (2, 3, 1, 0)}[weight.dim()])


def weighted_layers(network, first_phase=0):
    """(phase, name, layer) of each layer that has weights; phases count them in order of their names."""
    layers = {n: m for n, m in network.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear, *NORMS))}
    return [(phase, name, layers[name]) for phase, name in enumerate(sorted(layers), first_phase)]


def weights(network, first_phase=0):
    """(phase of its layer, name, weight) of each trained weight."""
    for phase, name, layer in weighted_layers(network, first_phase):
        kernel, bias = ("gamma", "beta") if isinstance(layer, NORMS) else ("kernel", "bias")
        yield phase, f"{name}/{kernel}", layer.weight
        if layer.bias is not None:
            yield phase, f"{name}/{bias}", layer.bias


@torch.no_grad()
def place_weights(network, first_phase=0):
    """Fills in the formulas."""
    for phase, _, layer in weighted_layers(network, first_phase):
        kernel = tensorflow_layout(layer.weight)
        values = chirp(kernel.shape, phase)
        if isinstance(layer, NORMS):
            kernel.copy_(1 + 0.3 * values)
            layer.bias.copy_(0.3 * chirp(kernel.shape, phase + 0.5))
            continue
        gain = 2 if isinstance(layer, nn.Conv2d) else 1.4
        kernel.copy_(values * gain / math.sqrt(math.prod(kernel.shape[:-1])))
        if layer.bias is not None:
            layer.bias.copy_(0.1 * chirp(layer.bias.shape, phase + 0.5))


def gradient_digests(network):
    return {name: digest(tensorflow_layout(weight.grad)) for _, name, weight in weights(network)}


def weight_digests(network):
    return {name: digest(tensorflow_layout(weight.detach())) for _, name, weight in weights(network)}


def statistic_digests(network):
    """Of each batch norm's moving mean and variance."""
    digests = {}
    for _, name, layer in weighted_layers(network):
        if isinstance(layer, NORMS):
            digests[f"{name}/moving_mean"] = digest(layer.running_mean)
            digests[f"{name}/moving_variance"] = digest(layer.running_var)
    return digests
