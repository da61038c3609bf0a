"""Golden values of the losses, their gradients and the multiplier, from the paper's formulas in float64.

Run with PyTorch 2.13: python test/golden/losses.py > test/golden/losses.json
"""

import json

import torch

IMAGES, FEATURES, SIGMA = 4, 5, 0.5


def view(frequency):
    index = torch.arange(1, IMAGES * FEATURES + 1, dtype=torch.float64)
    return torch.sin(index * frequency).reshape(IMAGES, FEATURES).requires_grad_()


def exponents(u1, u2, temperature):
    """Of each anchor, view 1 before view 2: its positive's exponent and log U."""
    u = torch.cat([u1, u2])
    positives, log_u = [], []
    for anchor in range(2 * IMAGES):
        own = anchor % IMAGES
        others = [c for c in range(2 * IMAGES) if c % IMAGES != own]
        positives.append((u1[own] @ u2[own]) / temperature)
        log_u.append(torch.logsumexp(u[others] @ u[anchor] / temperature, 0))
    return torch.stack(positives), torch.stack(log_u)


def terms(name, positives, log_u, u1, u2):
    if name == "infonce":
        return torch.logsumexp(torch.stack([positives, log_u]), 0) - positives
    if name == "dcl":
        return log_u - positives
    similarity = ((u1 * u2).sum(1) / SIGMA).exp().detach()
    w = 2 - similarity / similarity.mean()
    return log_u - w.repeat(2) * positives


def case(name, temperature):
    z1, z2 = view(1.1), view(1.3)
    u1, u2 = torch.nn.functional.normalize(z1), torch.nn.functional.normalize(z2)
    positives, log_u = exponents(u1, u2, temperature)
    loss = terms(name, positives, log_u, u1, u2).mean()
    loss.backward()
    return {
        "loss": name,
        "temperature": temperature,
        "value": loss.item(),
        "gradients": [z1.grad.tolist(), z2.grad.tolist()],
    }


def proposition(temperature):
    """q of every anchor, and the gradient of the first anchor's InfoNCE term in the unit vectors as free variables."""
    u1 = torch.nn.functional.normalize(view(1.1)).detach().requires_grad_()
    u2 = torch.nn.functional.normalize(view(1.3)).detach().requires_grad_()
    positives, log_u = exponents(u1, u2, temperature)
    q = 1 - positives.exp() / (positives.exp() + log_u.exp())
    terms("infonce", positives, log_u, u1, u2)[0].backward()
    return {
        "temperature": temperature,
        "q": q.detach().reshape(2, IMAGES).tolist(),
        "firstAnchorGradients": [u1.grad.tolist(), u2.grad.tolist()],
    }


temperatures = [0.01, 0.1, 0.5]
print(
    json.dumps(
        {
            "images": IMAGES,
            "features": FEATURES,
            "sigma": SIGMA,
            "losses": [case(n, t) for n in ("infonce", "dcl", "dclw") for t in temperatures],
            "multipliers": [proposition(t) for t in temperatures],
        },
        indent=1,
    )
)
