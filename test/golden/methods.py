"""Golden training steps of MoCo v2 and of NNCLR with each loss, from the papers' formulas in float64.

Every weight, view and queue row is a formula of its place (formulas.py), so both sides write it down; layers are named
as in src/models. The phases of the encoder's layers count from 0, those of the projection from 30, of the prediction
from 60.
Run with PyTorch 2.13: python test/golden/methods.py > test/golden/methods.json
"""

import copy
import json
import sys
from collections import OrderedDict

import formulas
import torch
from formulas import chirp
from resnet import ResNet
from torch import nn
from torch.nn.functional import normalize

SETTINGS = {
    "images": 4,
    "shape": [6, 6, 1],
    "viewPhases": [0, 0.7],
    "encoderWidth": 2,
    "moco": {"hiddenFeatures": 5, "outputFeatures": 3},
    "nnclr": {"hiddenFeatures": 5, "outputFeatures": 3, "predictionHiddenFeatures": 4},
    "firstPhases": {"encoder": 0, "projection": 30, "prediction": 60},
    "temperature": 0.2,
    "sigma": 0.5,
    "learningRate": 0.1,
    "momentum": 0.9,
    "weightDecay": 5e-4,
    "keyMomentum": 0.9,
    "queueSize": 6,
    "queuePhase": 3,
}
IMAGES, TEMPERATURE = SETTINGS["images"], SETTINGS["temperature"]


def views():
    """Both views' images in PyTorch's layout."""
    return [chirp((IMAGES, *SETTINGS["shape"]), p).permute(0, 3, 1, 2) for p in SETTINGS["viewPhases"]]


def placed(model, network):
    network.double().train()
    formulas.place_weights(network, SETTINGS["firstPhases"][model])
    return network


def encoder():
    return placed("encoder", ResNet(SETTINGS["shape"][2], SETTINGS["encoderWidth"], [1, 1, 1], "cifar", False))


def perceptron(model, **layers):
    return placed(model, nn.Sequential(OrderedDict((name.replace("_", "-"), layer) for name, layer in layers.items())))


def moco_projection(features):
    width, output = SETTINGS["moco"].values()
    return perceptron("projection", hidden=nn.Linear(features, width), relu=nn.ReLU(), output=nn.Linear(width, output))


def nnclr_heads(features):
    hidden, output, prediction_hidden = SETTINGS["nnclr"].values()
    projection = perceptron(
        "projection",
        hidden1=nn.Linear(features, hidden, bias=False),
        norm1=nn.BatchNorm1d(hidden),
        relu1=nn.ReLU(),
        hidden2=nn.Linear(hidden, hidden, bias=False),
        norm2=nn.BatchNorm1d(hidden),
        relu2=nn.ReLU(),
        output=nn.Linear(hidden, output, bias=False),
        norm_output=nn.BatchNorm1d(output),
    )
    prediction = perceptron(
        "prediction",
        hidden=nn.Linear(output, prediction_hidden, bias=False),
        norm=nn.BatchNorm1d(prediction_hidden),
        relu=nn.ReLU(),
        output=nn.Linear(prediction_hidden, output),
    )
    return projection, prediction


@torch.no_grad()
def track(layer, inputs, _):
    """Moves a batch norm's running statistics by the batch that they have just normalised."""
    channels = inputs[0].transpose(0, 1).flatten(1)
    layer.running_mean.lerp_(channels.mean(1), layer.momentum)
    layer.running_var.lerp_(channels.var(1), layer.momentum)


@torch.no_grad()
def key_of(model, query):
    """A key model near its query, with running statistics of its own, which normalise it."""
    key, first_phase = copy.deepcopy(query).eval(), SETTINGS["firstPhases"][model]
    for phase, _, weight in formulas.weights(key, first_phase):
        values = formulas.tensorflow_layout(weight)
        values.add_(0.05 * chirp(values.shape, phase + 20))
    for phase, _, layer in formulas.weighted_layers(key, first_phase):
        if isinstance(layer, formulas.NORMS):
            layer.running_mean.copy_(0.1 * chirp(layer.running_mean.shape, phase + 1))
            layer.running_var.copy_(1 + 0.2 * chirp(layer.running_var.shape, phase + 2))
            layer.register_forward_hook(track)
    return key


@torch.no_grad()
def move_key(key, query):
    for own, new in zip(key.parameters(), query.parameters()):
        own.lerp_(new, 1 - SETTINGS["keyMomentum"])


def first_queue(features):
    return normalize(chirp((SETTINGS["queueSize"], features), SETTINGS["queuePhase"]))


def loss_and_multiplier(name, positives, negatives):
    """From the exponents of each anchor's positive [A] and negatives [A, M]: the mean loss and each anchor's q."""
    log_u = torch.logsumexp(negatives, 1)
    q = 1 / (1 + (positives - log_u).exp())
    if name == "infonce":
        return (torch.logsumexp(torch.stack([positives, log_u]), 0) - positives).mean(), q
    if name == "dcl":
        return (log_u - positives).mean(), q
    similarity = (positives * TEMPERATURE / SETTINGS["sigma"]).exp().detach()
    w = 2 - similarity / similarity.mean()
    return (log_u - w * positives).mean(), q


def under(models, digests):
    """The digests of each model, named model/layer/weight."""
    return {f"{model}/{name}": value for model, net in models.items() for name, value in digests(net).items()}


def step(method, name, models, positives, negatives):
    """Takes one step of SGD; gives what there is to say about it."""
    trained = [weight for net in models.values() for weight in net.parameters()]
    rates = {"lr": SETTINGS["learningRate"], "momentum": SETTINGS["momentum"], "weight_decay": SETTINGS["weightDecay"]}
    loss, q = loss_and_multiplier(name, positives, negatives)
    loss.backward()
    torch.optim.SGD(trained, **rates).step()
    return {
        "method": method,
        "loss": name,
        "value": loss.item(),
        "multiplier": q.tolist(),
        "gradients": under(models, formulas.gradient_digests),
        "weightsAfter": under(models, formulas.weight_digests),
        "statisticsAfter": under(models, formulas.statistic_digests),
    }


def moco_case(name):
    models = {"encoder": encoder(), "projection": moco_projection(4 * SETTINGS["encoderWidth"])}
    keys = {f"key{model.title()}": key_of(model, query) for model, query in models.items()}
    queue = first_queue(SETTINGS["moco"]["outputFeatures"])
    view1, view2 = views()
    q = normalize(models["projection"](models["encoder"](view1)))
    with torch.no_grad():
        k = normalize(keys["keyProjection"](keys["keyEncoder"](view2)))
    result = step("moco", name, models, (q * k).sum(1) / TEMPERATURE, q @ queue.T / TEMPERATURE)
    for key, query in zip(keys.values(), models.values()):
        move_key(key, query)
    result["keyAfter"] = under(keys, lambda net: {**formulas.weight_digests(net), **formulas.statistic_digests(net)})
    result["queueAfter"] = torch.cat([k, queue])[: len(queue)].tolist()
    return result


def nearest_rows(z, queue):
    (best, second), (rows, _) = (two.T for two in (z.detach() @ queue.T).topk(2, 1))
    print(f"nearest rows {rows.tolist()}, nearer than the next by {(best - second).min():.3f}", file=sys.stderr)
    return queue[rows]


def nnclr_case(name):
    projection, prediction = nnclr_heads(4 * SETTINGS["encoderWidth"])
    models = {"encoder": encoder(), "projection": projection, "prediction": prediction}
    queue = first_queue(SETTINGS["nnclr"]["outputFeatures"])
    projected = projection(models["encoder"](torch.cat(views())))
    z1, _ = normalize(projected).chunk(2)
    p1, p2 = normalize(prediction(projected)).chunk(2)
    nn1, nn2 = nearest_rows(normalize(projected), queue).chunk(2)
    exponents = torch.cat([nn1 @ p2.T, nn2 @ p1.T]) / TEMPERATURE
    own = torch.eye(IMAGES, dtype=torch.bool).repeat(2, 1)
    negatives = exponents[~own].reshape(2 * IMAGES, IMAGES - 1)
    result = step("nnclr", name, models, exponents[own], negatives)
    result["queueAfter"] = torch.cat([z1.detach(), queue])[: len(queue)].tolist()
    return result


cases = [case(name) for case in (moco_case, nnclr_case) for name in ("infonce", "dcl", "dclw")]
print(json.dumps({**SETTINGS, "steps": cases}, indent=1))
