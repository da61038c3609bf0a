# ------------------------------------------------------------------------------------------------------------- MoCo v2

class Network(nn.Module):
    """MoCo v2 (Chen et al., 2020; He et al., 2020): the queries are of view 1; a slowly moving copy of encoder and head
    makes the keys of view 2. A query's positive is the key of its image, its negatives are a queue of earlier keys.

    Batch norm must not tell which key belongs to which query. In MoCo's own code it sees one GPU's images, those of the
    keys shuffled over the GPUs. Here keys are normalised by moving statistics, which earlier batches of keys have left,
    so that no key depends on the other images of its batch; the queries' batch norm sees the joined batch.
    """

    def __init__(self):
        super().__init__()
        self.encoder, features = build_encoder()
        self.head = build_head(features)
        self.key_encoder, self.key_head = copy.deepcopy(self.encoder), copy.deepcopy(self.head)
        self.register_buffer("queue", random_queue())
        for module in (self.key_encoder, self.key_head):
            module.requires_grad_(False)
            for layer in module.modules():
                if isinstance(layer, _BatchNorm):
                    layer.__class__ = KeyBatchNorm

    def begin_keys(self):
        """The key models as copies of the encoder and the head."""
        self.key_encoder.load_state_dict(self.encoder.state_dict())
        self.key_head.load_state_dict(self.head.state_dict())

    def forward(self, views):
        """Views [n, 2, 3, height, width] to queries and keys, which are unit vectors, [n, d] each."""
        view1, view2 = (view.contiguous(memory_format=torch.channels_last) for view in views.unbind(1))
        with torch.no_grad():
            keys = self.key_head(self.key_encoder(view2))
        return self.head(self.encoder(view1)), F.normalize(keys.float())

    def compare(self, queries, keys):
        """The positive similarity and log U of the joined batch's N queries; U is the sum over the queue."""
        queries = F.normalize(queries) / settings.temperature
        log_u = (queries @ self.queue.T).logsumexp(1)
        return joined((queries * keys).sum(1)), joined(log_u)

    @torch.no_grad()
    def update(self, keys, m):
        """After the optimiser's step: key = m key + (1 - m) query for every weight (He et al., 2020, equation 2), but
        batch norm's moving statistics are the key models' own; and the keys enter the queue."""
        for model, key_model in ((self.encoder, self.key_encoder), (self.head, self.key_head)):
            for weight, key_weight in zip(model.parameters(), key_model.parameters()):
                key_weight.lerp_(weight, 1 - m)
        enqueue(self.queue, joined(keys))


class KeyBatchNorm(nn.Module):
    """Batch norm of keys: normalises by the moving statistics as the keys of earlier batches have left them, which then
    move by those of the joined batch. What a _BatchNorm of the key models becomes; distributed() leaves it as it is."""

    def forward(self, x):
        y = F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)
        x = x.float()
        axes = [0, *range(2, x.dim())]
        sums = torch.stack([x.sum(axes), x.square().sum(axes)])
        dist.all_reduce(sums)
        count = x.numel() // x.shape[1] * dist.get_world_size()
        mean, mean_square = sums / count
        variance = (mean_square - mean.square()).clamp(min=0)
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * count / (count - 1), self.momentum)
        return y
#: if keyMomentumSchedule = cosine


def key_momentum(step, steps_per_epoch):
    """From its first value to 1 by half a cosine (BYOL, Grill et al., 2020); `step` is 0 for the first."""
    progress = (step + 1) / (settings.epochs * steps_per_epoch)
    return 1 - (1 - settings.key_momentum) * (1 + math.cos(math.pi * progress)) / 2
#: end
