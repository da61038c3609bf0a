# ------------------------------------------------------------------------------------------------ between the processes

class Gather(torch.autograd.Function):
    """One tensor of each process, [n, ...], to those of all, [processes, n, ...].

    Every process then computes the loss of the whole joined batch, so that the gradient of its own embeddings is
    complete without further communication. DistributedDataParallel averages the weights' gradients over the processes,
    where that of the joined batch is their sum: hence the factor.
    """

    @staticmethod
    def forward(ctx, x):
        parts = [torch.empty_like(x) for _ in range(dist.get_world_size())]
        dist.all_gather(parts, x.contiguous())
        return torch.stack(parts)

    @staticmethod
    def backward(ctx, gradient):
        return gradient[dist.get_rank()] * dist.get_world_size()


def joined(x):
    """One row for each image of this process, [n, ...], to those of the joined batch in its order, [N, ...]."""
    return Gather.apply(x).transpose(0, 1).flatten(0, 1)


class SumOverProcesses(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        x = x.clone()
        dist.all_reduce(x)
        return x

    @staticmethod
    def backward(ctx, gradient):
        return SumOverProcesses.apply(gradient)


class BatchNormOnCPU(_BatchNorm):
    """Batch norm over the joined batch, for training on CPUs, whose tensors nn.SyncBatchNorm does not take."""

    def forward(self, x):
        x = x.float()
        axes, shape = ([0], (1, -1)) if x.dim() == 2 else ([0, 2, 3], (1, -1, 1, 1))
        count = x.numel() // x.shape[1] * dist.get_world_size()
        mean = SumOverProcesses.apply(x.sum(axes)) / count
        centred = x - mean.view(shape)
        variance = SumOverProcesses.apply(centred.square().sum(axes)) / count
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)
        scale = self.weight * (variance + self.eps).rsqrt()
        return centred * scale.view(shape) + self.bias.view(shape)


def distributed(network, device):
    """The network on its device, batch norm over the joined batch, gradients averaged over the processes."""
    network.to(device, memory_format=torch.channels_last)
    if device.type == "cuda":
        network = nn.SyncBatchNorm.convert_sync_batchnorm(network)
    else:
        for layer in network.modules():
            if isinstance(layer, _BatchNorm):
                layer.__class__ = BatchNormOnCPU
    return DistributedDataParallel(network, device_ids=[device] if device.type == "cuda" else None)
