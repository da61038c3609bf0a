"""Golden values of the colour changes and the crops behind SimCLR's views, on a small image.

Run with torchvision 0.28: python test/golden/views.py > test/golden/views.json
"""

import json

import torch
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


def crop(top, left, box_height, box_width, size=(height, width)):
    resized = F.resized_crop(
        image, top, left, box_height, box_width, list(size), InterpolationMode.BILINEAR, antialias=False
    )
    box = {"top": top, "left": left, "height": box_height, "width": box_width}
    return {"box": box, "size": size, "output": flat(resized)}


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
}
print(json.dumps(golden))
