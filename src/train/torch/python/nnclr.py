# --------------------------------------------------------------------------------------------------------------- NNCLR

class Network(nn.Module):
    """NNCLR (Dwibedi et al., 2021): an anchor is the nearest neighbour of a view's embedding in a queue of earlier
    ones. Its positive is the prediction from the image's other view, its negatives are those of the other images.
    """

    def __init__(self):
        super().__init__()
        self.encoder, features = build_encoder()
        self.head = build_head(features)
        self.prediction = nn.Sequential(OrderedDict([
            ("hidden", linear(settings.head_output, settings.prediction_hidden, gain=2, bias=False)),
            ("norm", nn.BatchNorm1d(settings.prediction_hidden)),
            ("relu", nn.ReLU()),
            ("output", linear(settings.prediction_hidden, settings.head_output, gain=1, bias=True)),
        ]))
        self.register_buffer("queue", random_queue())

    def forward(self, views):
        """Views [n, 2, 3, height, width] to the embeddings of view 1 and view 2, unit vectors without a gradient, and
        to the predictions from both, [n, d] each."""
        # Both views pass as one batch, so that batch norm sees them together.
        both = views.transpose(0, 1).flatten(0, 1).contiguous(memory_format=torch.channels_last)
        z = self.head(self.encoder(both))
        return *F.normalize(z.detach().float()).chunk(2), *self.prediction(z).chunk(2)

    def compare(self, u1, u2, p1, p2):
        """The positive similarity and log U of the joined batch's 2N anchors.

        The neighbours of view 1 are compared with the predictions from view 2, and the other way round, N ways: U sums
        N - 1 exponentials.
        """
        one = self.compare_views(self.neighbours(u1), p2)
        other = self.compare_views(self.neighbours(u2), p1)
        return [torch.cat(both) for both in zip(one, other)]

    def neighbours(self, u):
        """The row of the queue with the largest dot product with each embedding, [n, d]."""
        return self.queue[(u @ self.queue.T).argmax(1)]

    def compare_views(self, neighbours, predictions):
        """Both [n, d], row i of both from image i."""
        similarities = joined(neighbours) @ F.normalize(joined(predictions)).T / settings.temperature
        own_image = torch.eye(len(similarities), dtype=torch.bool, device=similarities.device)
        return similarities.diagonal(), similarities.masked_fill(own_image, -math.inf).logsumexp(1)

    @torch.no_grad()
    def update(self, u1):
        """After the optimiser's step the embeddings of view 1 enter the queue."""
        enqueue(self.queue, joined(u1))
