"""Golden values of the colour changes and the crops behind SimCLR's views, on a small image.

Run with torchvision 0.28 or 0.29: python test/golden/views.py > test/golden/views.json
"""

import json

import torch
from PIL import Image
from torchvision import transforms as T
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

height, width = 5, 6
torch.manual_seed(0)
pixels = torch.randint(0, 256, (3, height, width), dtype=torch.uint8)
# Pixels without chroma, without value and at full value are where hue is undefined or clipped.
pixels[:, 0, 0] = 0
pixels[:, 0, 1] = 255
pixels[:, 0, 2] = 100
pixels[:, 0, 3] = torch.tensor([255, 0, 0])
image = pixels / 255


def flat(chw):
    return [round(value, 7) for value in chw.permute(1, 2, 0).flatten().double().tolist()]


def crop(top, left, box_height, box_width, size=(height, width), antialias=False):
    resized = F.resized_crop(
        image, top, left, box_height, box_width, list(size), InterpolationMode.BILINEAR, antialias=antialias
    )
    box = {"top": top, "left": left, "height": box_height, "width": box_width}
    return {"box": box, "size": size, "output": flat(resized)}


def pattern(rows, columns):
    """Values 0 to 255 that a test can make by itself, [3, rows, columns]."""
    y, x, c = torch.meshgrid(torch.arange(rows), torch.arange(columns), torch.arange(3), indexing="ij")
    return ((y * 31 + x * 17 + c * 101) ** 2 % 256).to(torch.uint8).permute(2, 0, 1)


def blur(sigma):
    """SimCLR's kernel, in float64, with zeros beyond the border."""
    source = (pattern(42, 5) / 255).double()[:, None]
    radius = (42 // 10) // 2
    taps = torch.exp(-torch.arange(-radius, radius + 1, dtype=torch.float64) ** 2 / (2 * sigma**2))
    taps = taps / taps.sum()
    rows = torch.nn.functional.conv2d(source, taps.view(1, 1, 1, -1), padding=(0, radius))
    return flat(torch.nn.functional.conv2d(rows, taps.view(1, 1, -1, 1), padding=(radius, 0))[:, 0])


def evaluation(rows, columns, resize, size):
    picture = Image.fromarray(pattern(rows, columns).permute(1, 2, 0).contiguous().numpy())
    cut = F.pil_to_tensor(T.CenterCrop(size)(T.Resize(resize)(picture)))
    shape = {"height": rows, "width": columns, "resize": resize, "size": size}
    return {**shape, "output": cut.permute(1, 2, 0).flatten().tolist()}


golden = {
    "shape": [height, width, 3],
    "pixels": pixels.permute(1, 2, 0).flatten().tolist(),
    "brightness": [{"factor": f, "output": flat(F.adjust_brightness(image, f))} for f in (0, 0.6, 1, 1.4)],
    "contrast": [{"factor": f, "output": flat(F.adjust_contrast(image, f))} for f in (0, 0.6, 1, 1.4)],
    "saturation": [{"factor": f, "output": flat(F.adjust_saturation(image, f))} for f in (0, 0.6, 1, 1.4)],
    "hue": [{"factor": f, "output": flat(F.adjust_hue(image, f))} for f in (-0.5, -0.1, 0, 0.07, 0.5)],
    "grayscale": flat(F.rgb_to_grayscale(image, num_output_channels=3)),
    "crops": [crop(0, 0, 5, 6), crop(1, 2, 3, 2), crop(4, 5, 1, 1), crop(0, 1, 2, 5)],
    "smallCrops": [crop(1, 2, 2, 3, (3, 3)), crop(0, 0, 5, 6, (3, 3)), crop(2, 1, 3, 2, (2, 4))],
    "antialiasedCrops": [
        crop(0, 0, 5, 6, (2, 3), True),
        crop(1, 2, 4, 3, (2, 2), True),
        crop(1, 0, 2, 6, (4, 2), True),
        crop(2, 1, 3, 2, (5, 6), True),
    ],
    "blurs": [{"sigma": sigma, "output": blur(sigma)} for sigma in (0.1, 0.4, 2)],
    "evaluationCrops": [evaluation(23, 32, 12, 9), evaluation(31, 17, 8, 7), evaluation(6, 9, 8, 5)],
}
print(json.dumps(golden))
