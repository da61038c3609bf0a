# -------------------------------------------------------------------------------------------------------------- SimCLR

class Network(nn.Module):
    """SimCLR (Chen et al., 2020): both views of an image are anchors, each the positive of the other."""

    def __init__(self):
        super().__init__()
        self.encoder, features = build_encoder()
        self.head = build_head(features)

    def forward(self, views):
        """Views [n, 2, 3, height, width] to the embeddings of view 1 and view 2, [n, d] each."""
        # Both views pass as one batch, so that batch norm sees them together.
        both = views.transpose(0, 1).flatten(0, 1).contiguous(memory_format=torch.channels_last)
        return self.head(self.encoder(both)).chunk(2)

    def compare(self, z1, z2):
        """The positive similarity and log U of the joined batch's 2N anchors.

        The negatives are both views of the other N - 1 images: U sums 2(N - 1) exponentials.
        """
        u = F.normalize(torch.cat([joined(z1), joined(z2)]))
        similarities = u @ u.T / settings.temperature
        images = len(u) // 2
        own_image = torch.eye(images, dtype=torch.bool, device=u.device).repeat(2, 2)
        positives = similarities.diagonal(images).repeat(2)
        return positives, similarities.masked_fill(own_image, -math.inf).logsumexp(1)
