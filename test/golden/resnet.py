"""The ResNets of src/models in PyTorch: the same layers under the same names, kernels in PyTorch's layouts."""

import torch
from torch import nn


def convolution(module, suffix, inputs, filters, size, stride=1):
    conv = nn.Conv2d(inputs, filters, size, stride, size // 2, bias=False)
    module.add_module(f"conv{suffix}", conv)
    module.add_module(f"norm{suffix}", nn.BatchNorm2d(filters))


class Block(nn.Module):
    def __init__(self, inputs, width, stride, bottleneck):
        super().__init__()
        outputs = width * (4 if bottleneck else 1)
        sizes = [(width, 1, 1), (width, 3, stride), (outputs, 1, 1)] if bottleneck else [(width, 3, stride), (width, 3, 1)]
        self.depth = len(sizes)
        channels = inputs
        for index, (filters, size, step) in enumerate(sizes):
            convolution(self, index + 1, channels, filters, size, step)
            channels = filters
        self.outputs = outputs
        self.shortcut = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Module()
            convolution(self.shortcut, "", inputs, outputs, 1, stride)

    def forward(self, x):
        y = x
        for index in range(1, self.depth + 1):
            y = getattr(self, f"norm{index}")(getattr(self, f"conv{index}")(y))
            if index < self.depth:
                y = y.relu_()
        if self.shortcut is not None:
            x = self.shortcut.norm(self.shortcut.conv(x))
        return y.add_(x).relu_()


class ResNet(nn.Module):
    def __init__(self, channels, width, stages, stem, bottleneck):
        super().__init__()
        self.stem = nn.Module()
        convolution(self.stem, "", channels, width, *((3, 1) if stem == "cifar" else (7, 2)))
        self.pool = stem == "imagenet"
        inputs = width
        for s, blocks in enumerate(stages):
            stage = nn.Module()
            self.add_module(f"stage{s + 1}", stage)
            for b in range(blocks):
                block = Block(inputs, width * 2**s, 2 if s > 0 and b == 0 else 1, bottleneck)
                stage.add_module(str(b + 1), block)
                inputs = block.outputs

    def forward(self, x):
        x = self.stem.norm(self.stem.conv(x)).relu_()
        if self.pool:
            x = nn.functional.max_pool2d(x, 3, 2, 1)
        for name, stage in self.named_children():
            if name.startswith("stage"):
                for block in stage.children():
                    x = block(x)
        return x.mean((2, 3))
