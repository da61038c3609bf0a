# ------------------------------------------------------------------------------------------------------------- network

#: if encoder = torchvision
def build_encoder():
    """torchvision's ResNet without its classifier, and the number of its features."""
    encoder = models.get_model(settings.encoder)
    features = encoder.fc.in_features
    encoder.fc = nn.Identity()
    #: if stem = cifar
    # For small images: a 3x3 kernel of stride 1 and no max-pool.
    encoder.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    nn.init.kaiming_normal_(encoder.conv1.weight, mode="fan_out", nonlinearity="relu")
    encoder.maxpool = nn.Identity()
    #: end
    return encoder, features


#: end
#: if encoder = own
class Block(nn.Module):
    """A residual block under torchvision's names."""

    #: if block = basic
    expansion = 1

    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = width
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        #: end
    #: if block = bottleneck
    expansion = 4

    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = 4 * width
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        #: end
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        x = F.relu(self.bn1(self.conv1(x)))
        #: if block = basic
        x = self.bn2(self.conv2(x))
        #: end
        #: if block = bottleneck
        x = F.relu(self.bn2(self.conv2(x)))
        x = self.bn3(self.conv3(x))
        #: end
        return F.relu(x + shortcut)


class ResNet(nn.Module):
    """A ResNet of any width and number of stages without classifier, its weights under torchvision's names."""

    def __init__(self):
        super().__init__()
        s = settings
        self.conv1 = nn.Conv2d(3, s.width, s.stem_kernel, s.stem_stride, s.stem_padding, bias=False)
        self.bn1 = nn.BatchNorm2d(s.width)
        self.stages = [f"layer{number}" for number, _ in enumerate(s.stages, 1)]
        channels = s.width
        for stage, (name, blocks) in enumerate(zip(self.stages, s.stages)):
            width = s.width * 2**stage
            layer = nn.Sequential()
            for index in range(blocks):
                layer.append(Block(channels, width, stride=2 if stage > 0 and index == 0 else 1))
                channels = width * Block.expansion
            self.add_module(name, layer)
        self.features = channels
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        #: if stemRelu
        x = F.relu(self.bn1(self.conv1(x)))
        #: end
        #: if no stemRelu
        x = self.bn1(self.conv1(x))
        #: end
        #: if stemPool
        x = F.max_pool2d(x, 3, 2, 1)
        #: end
        for name in self.stages:
            x = self.get_submodule(name)(x)
        return x.mean((2, 3))


def build_encoder():
    encoder = ResNet()
    return encoder, encoder.features


#: end
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
        #: if hiddenLayers = 1
        ("hidden", linear(features, hidden, gain=2, bias={{hiddenBias}})),
        #: if hiddenNorm
        ("norm", nn.BatchNorm1d(hidden)),
        #: end
        ("relu", nn.ReLU()),
        #: end
        #: if hiddenLayers = 2
        ("hidden1", linear(features, hidden, gain=2, bias={{hiddenBias}})),
        #: if hiddenNorm
        ("norm1", nn.BatchNorm1d(hidden)),
        #: end
        ("relu1", nn.ReLU()),
        ("hidden2", linear(hidden, hidden, gain=2, bias={{hiddenBias}})),
        #: if hiddenNorm
        ("norm2", nn.BatchNorm1d(hidden)),
        #: end
        ("relu2", nn.ReLU()),
        #: end
        ("output", linear(hidden, output, gain=1, bias={{outputBias}})),
        #: if outputNorm
        ("norm_output", nn.BatchNorm1d(output)),
        #: end
    ]))
