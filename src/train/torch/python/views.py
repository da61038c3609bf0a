# --------------------------------------------------------------------------------------------------------------- views

#: if blur
class GaussianBlur(nn.Module):
    """SimCLR's: a kernel that reaches over a tenth of the view's height, zeros beyond the border."""

    def forward(self, view):
        if torch.rand(()) >= settings.blur_probability:
            return view
        sigma = torch.empty(()).uniform_(*settings.blur_sigma)
        radius = view.shape[-2] // 10 // 2
        kernel = torch.exp(-torch.arange(-radius, radius + 1.0) ** 2 / (2 * sigma**2))
        kernel = (kernel / kernel.sum()).expand(len(view), 1, -1)
        view = F.conv2d(view, kernel[:, :, None, :], padding=(0, radius), groups=len(view))
        return F.conv2d(view, kernel[:, :, :, None], padding=(radius, 0), groups=len(view))


#: end
def view_transform():
    """A picture to a random view [3, height, width]: SimCLR's steps in SimCLR's order."""
    s = settings
    return v2.Compose([
        v2.RandomResizedCrop(s.view_size, scale=s.crop_scale, ratio=s.crop_ratio, antialias=True),
        v2.RandomHorizontalFlip(s.flip_probability),
        v2.ToImage(),
        v2.ToDtype(torch.float32, scale=True),
        v2.RandomApply([v2.ColorJitter(s.brightness, s.contrast, s.saturation, s.hue)], s.jitter_probability),
        v2.RandomGrayscale(s.grayscale_probability),
        #: if blur
        GaussianBlur(),
        #: end
        #: if standardise
        v2.Normalize(s.pixel_mean, s.pixel_deviation),
        #: end
    ])


class Views(Dataset):
    """Two views of an image, [2, 3, height, width]."""

    def __init__(self, folder):
        try:
            self.images = ImageFolder(folder)
        except FileNotFoundError as error:
            sys.exit(f"--data {folder} is no folder of images by class: {error}")
        self.transform = view_transform()

    def __getitem__(self, place):
        epoch, image = place
        path, _ = self.images.samples[image]
        try:
            picture = self.images.loader(path)
        except OSError as error:
            raise RuntimeError(f"{path} cannot be read: {error}. Replace or remove it.") from error
        # Python's hash of whole numbers is the same in every process.
        torch.default_generator.manual_seed(hash((settings.seed, epoch, image)))
        return torch.stack([self.transform(picture), self.transform(picture)])


class Batches(Sampler):
    """This process's share of every step's batch from `first_step` to the end of the run, as (epoch, image).

    The batch of a step is the same however many processes share it. What is left of an epoch is dropped.
    """

    def __init__(self, images, first_step):
        if settings.batch_size % dist.get_world_size() != 0:
            sys.exit(f"A batch of {settings.batch_size} cannot be shared by {dist.get_world_size()} processes evenly.")
        if images < settings.batch_size:
            sys.exit(f"There are {images} images, fewer than a batch of {settings.batch_size}.")
        self.images = images
        self.first_step = first_step
        self.steps_per_epoch = images // settings.batch_size
        self.steps = self.steps_per_epoch * settings.epochs

    def __iter__(self):
        order, order_of = None, None
        for step in range(self.first_step, self.steps):
            epoch, batch = divmod(step, self.steps_per_epoch)
            if order_of != epoch:
                generator = torch.Generator().manual_seed(hash((settings.seed, epoch)))
                order, order_of = torch.randperm(self.images, generator=generator), epoch
            joined = order[batch * settings.batch_size : (batch + 1) * settings.batch_size]
            yield [(epoch, image) for image in joined[dist.get_rank() :: dist.get_world_size()].tolist()]

    def __len__(self):
        return self.steps - self.first_step
