"""Golden weights after each step of SGD, by torch.optim.SGD, and of LARS in both forms, from their formulas in float64.

Weights and gradients are formulas of their place (formulas.py): weight i is chirp(shape, i) x scale, its gradient in step t
0.1 x chirp(shape, 10 + 3 t + i), but for the steps in which the first weight's gradient is zero.
Run with PyTorch 2.13: python test/golden/optimisers.py > test/golden/optimisers.json
"""

import json
import sys

import torch
from formulas import chirp

SETTINGS = {
    "weights": [
        {"shape": [2, 3], "scale": 1, "biasOrNorm": False},
        {"shape": [3], "scale": 1, "biasOrNorm": True},
        {"shape": [2, 2], "scale": 0, "biasOrNorm": False},
    ],
    "rates": [0.1, 0.3, 0.05, 0.2, 0.2],
    "zeroGradients": [2],
}
WEIGHTS, RATES = SETTINGS["weights"], SETTINGS["rates"]

CASES = [
    {"name": "sgd", "options": {"momentum": 0.9, "weightDecay": 0.05, "excludeBiasesAndNorms": exclude}}
    for exclude in (False, True)
] + [
    {"name": "lars", "options": {"momentum": 0.9, "trustCoefficient": 0.1, "weightDecay": 0.05, **options}}
    for options in (
        {"form": "google", "excludeBiasesAndNorms": True},
        {"form": "google", "excludeBiasesAndNorms": False},
        {"form": "pytorch", "excludeBiasesAndNorms": True},
        {"form": "pytorch", "excludeBiasesAndNorms": False, "epsilon": 0.1},
        {"form": "pytorch", "excludeBiasesAndNorms": True, "clip": True},
        {"form": "pytorch", "excludeBiasesAndNorms": True, "weightDecay": 0},
    )
]


def initial():
    return [w["scale"] * chirp(w["shape"], i) for i, w in enumerate(WEIGHTS)]


def gradients(step):
    values = [0.1 * chirp(w["shape"], 10 + 3 * step + i) for i, w in enumerate(WEIGHTS)]
    if step in SETTINGS["zeroGradients"]:
        values[0] = torch.zeros_like(values[0])
    return values


def excluded(options, weight):
    return options["excludeBiasesAndNorms"] and weight["biasOrNorm"]


def sgd(options):
    parameters = [torch.nn.Parameter(value) for value in initial()]
    groups = [
        {"params": [p], "weight_decay": 0 if excluded(options, w) else options["weightDecay"]}
        for p, w in zip(parameters, WEIGHTS)
    ]
    optimiser = torch.optim.SGD(groups, lr=0, momentum=options["momentum"])
    for step, rate in enumerate(RATES):
        for group in optimiser.param_groups:
            group["lr"] = rate
        for parameter, gradient in zip(parameters, gradients(step)):
            parameter.grad = gradient
        optimiser.step()
        yield [p.detach().clone() for p in parameters]


def google(w, g, v, rate, options, plain):
    if plain:
        ratio = 1.0
    else:
        g = g + options["weightDecay"] * w
        norms = w.norm(), g.norm()
        ratio = options["trustCoefficient"] * norms[0] / norms[1] if norms[0] > 0 and norms[1] > 0 else 1.0
    v = options["momentum"] * v + rate * ratio * g
    return w - v, v


def pytorch(w, g, v, rate, options, plain):
    norms = w.norm(), g.norm()
    if not plain and norms[0] > 0 and norms[1] > 0:
        decay = options["weightDecay"]
        ratio = options["trustCoefficient"] * norms[0] / (norms[1] + decay * norms[0] + options.get("epsilon", 1e-8))
        if options.get("clip"):
            ratio = min(ratio / rate, 1)
        g = ratio * (g + decay * w)
    v = options["momentum"] * v + g
    return w - rate * v, v


def lars(options):
    update = {"google": google, "pytorch": pytorch}[options["form"]]
    weights = initial()
    velocities = [torch.zeros_like(w) for w in weights]
    for step, rate in enumerate(RATES):
        for i, gradient in enumerate(gradients(step)):
            plain = excluded(options, WEIGHTS[i])
            weights[i], velocities[i] = update(weights[i], gradient, velocities[i], rate, options, plain)
        yield list(weights)


def steps(case):
    run = {"sgd": sgd, "lars": lars}[case["name"]](case["options"])
    return [[w.flatten().tolist() for w in weights] for weights in run]


json.dump({**SETTINGS, "cases": [{**case, "steps": steps(case)} for case in CASES]}, sys.stdout, indent=1)
print()
