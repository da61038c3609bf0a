# --------------------------------------------------------------------------------------------------------------- queue

def random_queue():
    """K unit vectors, [K, d], that the seed decides."""
    return F.normalize(torch.randn(settings.queue_size, settings.head_output))


def enqueue(queue, rows):
    """Puts the joined batch's unit vectors [N, d] first and drops as many of the oldest: the same in all processes."""
    queue.copy_(torch.cat([rows, queue])[: len(queue)])
