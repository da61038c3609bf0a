/*
 * The colour changes of torchvision's ColorJitter and RandomGrayscale on images of numbers in [0, 1]. All change the
 * image in place, [pixels, channels] with 1 or 3 channels, and keep it within [0, 1].
 */

/** Multiplies every value. */
export function adjustBrightness(image: Float32Array, factor: number): void {
  for (let i = 0; i < image.length; i++) image[i] = Math.min(image[i]! * factor, 1);
}

/** Moves every value away from (factor > 1) or towards (factor < 1) the mean gray of the image. */
export function adjustContrast(image: Float32Array, channels: number, factor: number): void {
  const offset = (1 - factor) * meanGray(image, channels);
  for (let i = 0; i < image.length; i++) image[i] = clip(factor * image[i]! + offset);
}

/** Moves every pixel away from or towards its own gray. */
export function adjustSaturation(image: Float32Array, factor: number): void {
  for (let i = 0; i < image.length; i += 3) {
    const offset = (1 - factor) * gray(image[i]!, image[i + 1]!, image[i + 2]!);
    image[i] = clip(factor * image[i]! + offset);
    image[i + 1] = clip(factor * image[i + 1]! + offset);
    image[i + 2] = clip(factor * image[i + 2]! + offset);
  }
}

/**
 * Turns the hue of every pixel, leaving saturation and value of HSV as they are.
 * @param turn - share of the full circle, -0.5 to 0.5
 */
export function adjustHue(image: Float32Array, turn: number): void {
  for (let i = 0; i < image.length; i += 3) {
    const red = image[i]!;
    const green = image[i + 1]!;
    const blue = image[i + 2]!;
    const value = Math.max(red, green, blue);
    const chroma = value - Math.min(red, green, blue);
    if (chroma === 0) continue;
    let sextant: number;
    if (value === red) sextant = (green - blue) / chroma;
    else if (value === green) sextant = 2 + (blue - red) / chroma;
    else sextant = 4 + (red - green) / chroma;
    // Nine sextants on keep all three places positive.
    const place = sextant + 6 * turn + 9;
    image[i] = value - chroma * drop(place + 2);
    image[i + 1] = value - chroma * drop(place);
    image[i + 2] = value - chroma * drop(place - 2);
  }
}

/** Replaces the colours of every pixel by its gray. */
export function toGrayscale(image: Float32Array): void {
  for (let i = 0; i < image.length; i += 3) {
    const value = gray(image[i]!, image[i + 1]!, image[i + 2]!);
    image[i] = value;
    image[i + 1] = value;
    image[i + 2] = value;
  }
}

/** How far a channel lies below the largest one, in units of the chroma, at a place on the circle of six sextants. */
function drop(place: number): number {
  const around = place - 6 * Math.floor(place / 6);
  return Math.max(0, Math.min(around, 4 - around, 1));
}

/** Luma of ITU-R BT.601 with the digits torchvision uses. */
function gray(red: number, green: number, blue: number): number {
  return 0.2989 * red + 0.587 * green + 0.114 * blue;
}

function meanGray(image: Float32Array, channels: number): number {
  let sum = 0;
  if (channels === 1) for (let i = 0; i < image.length; i++) sum += image[i]!;
  else for (let i = 0; i < image.length; i += 3) sum += gray(image[i]!, image[i + 1]!, image[i + 2]!);
  return (sum * channels) / image.length;
}

function clip(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
