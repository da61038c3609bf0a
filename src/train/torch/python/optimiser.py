# ----------------------------------------------------------------------------------------------------------- optimiser

#: if optimiser = lars
class LARS(torch.optim.Optimizer):
    #: if form = google
    """Layer-wise adaptive rate scaling (You et al., 2017) as google-research/simclr has it: the norm is that of the
    decayed gradient, and the learning rate goes into the velocity."""
    #: end
    #: if form = pytorch
    """Layer-wise adaptive rate scaling (You et al., 2017) as lightly and solo-learn have it: the norms of gradient and
    decay are added, and the learning rate multiplies the velocity."""
    #: end

    def __init__(self, groups):
        super().__init__(groups, {"lr": 0.0})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for weight in group["params"]:
                state = self.state[weight]
                if not state:
                    state["velocity"] = torch.zeros_like(weight)
                gradient = self.scaled(weight, weight.grad, group["lr"]) if group["adapts"] else weight.grad
                #: if form = google
                state["velocity"].mul_(settings.momentum).add_(gradient, alpha=group["lr"])
                weight.sub_(state["velocity"])
                #: end
                #: if form = pytorch
                state["velocity"].mul_(settings.momentum).add_(gradient)
                weight.sub_(state["velocity"], alpha=group["lr"])
                #: end

    def scaled(self, weight, gradient, rate):
        """The gradient with weight decay, times the trust ratio."""
        s = settings
        #: if form = google
        gradient = gradient + s.weight_decay * weight
        weight_norm, gradient_norm = weight.norm(), gradient.norm()
        ratio = s.trust_coefficient * weight_norm / gradient_norm
        return gradient * torch.where((weight_norm > 0) & (gradient_norm > 0), ratio, 1.0)
        #: end
        #: if form = pytorch
        weight_norm, gradient_norm = weight.norm(), gradient.norm()
        ratio = s.trust_coefficient * weight_norm / (gradient_norm + s.weight_decay * weight_norm + s.epsilon)
        #: if clip
        ratio = (ratio / rate).clamp(max=1.0)
        #: end
        adapts = (weight_norm > 0) & (gradient_norm > 0)
        return torch.where(adapts, ratio * (gradient + s.weight_decay * weight), gradient)
        #: end


#: end
def build_optimiser(network):
    #: if exclude
    """Biases, and batch norm's scales and shifts, which are the vectors, get no weight decay{{noRatio}}."""
    #: end
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    #: if exclude
    vectors = [weight for weight in weights if weight.ndim <= 1]
    others = [weight for weight in weights if weight.ndim > 1]
    #: end
    #: if optimiser = lars
    #: if exclude
    return LARS([{"params": others, "adapts": True}, {"params": vectors, "adapts": False}])
    #: end
    #: if no exclude
    return LARS([{"params": weights, "adapts": True}])
    #: end
    #: end
    #: if optimiser = sgd
    #: if exclude
    weights = [{"params": others}, {"params": vectors, "weight_decay": 0.0}]
    #: end
    return torch.optim.SGD(weights, lr=0.0, momentum=settings.momentum, weight_decay=settings.weight_decay)
    #: end


def learning_rate(step, steps_per_epoch):
    """Linear warm-up, then half a cosine; `step` is 0 for the first."""
    peak = settings.learning_rate
    steps = settings.epochs * steps_per_epoch
    warmup = math.floor(settings.warmup_epochs * steps_per_epoch + 0.5)
    if step < warmup - 1:
        #: if warmupStart
        start = settings.warmup_start
        #: end
        #: if no warmupStart
        start = peak / warmup
        #: end
        return start + (peak - start) * step / (warmup - 1)
    if step < warmup:
        return peak
    #: if cosineFloor
    floor, end = settings.cosine_floor * peak, steps - 1
    #: end
    #: if no cosineFloor
    floor, end = 0.0, steps
    #: end
    return floor + (peak - floor) * (1 + math.cos(math.pi * (step - warmup) / max(1, end - warmup))) / 2
