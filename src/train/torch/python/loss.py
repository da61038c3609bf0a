# ---------------------------------------------------------------------------------------------------------------- loss

def contrast(positives, log_u):
    """The loss of all anchors of the joined batch and the multiplier q of each, [A].

    positives is each anchor's similarity with its positive over the temperature, log_u the logarithm of U, the sum of
    exp(similarity / temperature) over its negatives, [A] each.
    """
    q = torch.sigmoid(log_u - positives).detach()
    #: if loss = infonce
    # InfoNCE: -log(exp(positive) / (exp(positive) + U)), the positive in the denominator.
    return F.softplus(log_u - positives).mean(), q
    #: end
    #: if loss = dcl
    # DCL (Yeh et al., 2022, Proposition 2): the positive is not in the denominator.
    return (log_u - positives).mean(), q
    #: end
    #: if loss = dclw
    # DCLW (Yeh et al., 2022): DCL with weights 2 - exp(<z1, z2> / sigma) / mean(exp(<z1, z2> / sigma)), which are
    # constants to the gradient; a softmax times the number of anchors is an exponential over the mean of all.
    share = torch.softmax(positives.detach() * settings.temperature / settings.sigma, 0)
    weights = 2 - share * len(share)
    return (log_u - weights * positives).mean(), q
    #: end
