/*
 * The colour changes of torchvision's ColorJitter and RandomGrayscale on images of numbers in [0, 1]. All change the
 * image in place, [pixels, channels] with 1 or 3 channels, and keep it within [0, 1].
 */

/** Multiplies every value. */
export function adjustBrightness(image: Float32Array, factor: number): void {
  stretch(image, factor, 0);
}

/** Moves every value away from (factor > 1) or towards (factor < 1) the mean gray of the image. */
export function adjustContrast(image: Float32Array, channels: number, factor: number): void {
  stretch(image, factor, (1 - factor) * meanGray(image, channels));
}

/** Moves every pixel away from or towards its own gray. */
export function adjustSaturation(image: Float32Array, factor: number): void {
  for (let i = 0; i < image.length; i += 3) {
    const red = image[i]!;
    const green = image[i + 1]!;
    const blue = image[i + 2]!;
    const offset = (1 - factor) * gray(red, green, blue);
    image[i] = clip(factor * red + offset);
    image[i + 1] = clip(factor * green + offset);
    image[i + 2] = clip(factor * blue + offset);
  }
}

/**
 * Turns the hue of every pixel, leaving saturation and value of HSV as they are.
 * @param turn - share of the full circle, -0.5 to 0.5
 */
export function adjustHue(image: Float32Array, turn: number): void {
  const sextants = 6 * turn;
  for (let i = 0; i < image.length; i += 3) {
    const red = image[i]!;
    const green = image[i + 1]!;
    const blue = image[i + 2]!;
    const value = Math.max(red, green, blue);
    const least = Math.min(red, green, blue);
    const chroma = value - least;
    if (chroma === 0) continue;
    let place = sextants;
    if (value === red) place += (green - blue) / chroma;
    else if (value === green) place += 2 + (blue - red) / chroma;
    else place += 4 + (red - green) / chroma;
    if (place < 0) place += 6;
    else if (place >= 6) place -= 6;
    // Rounding may have brought a place below 0 to 6 itself, which is the end of the last sextant.
    const sextant = Math.min(place | 0, 5);
    const rising = least + chroma * (place - sextant);
    const falling = value - chroma * (place - sextant);
    switch (sextant) {
      case 0:
        setPixel(image, i, value, rising, least);
        break;
      case 1:
        setPixel(image, i, falling, value, least);
        break;
      case 2:
        setPixel(image, i, least, value, rising);
        break;
      case 3:
        setPixel(image, i, least, falling, value);
        break;
      case 4:
        setPixel(image, i, rising, least, value);
        break;
      default:
        setPixel(image, i, value, least, falling);
    }
  }
}

/**
 * Replaces the colours of every pixel by its gray.
 * @param change - is given the grays first, [pixels], to change as one channel what would be the same in three
 */
export function toGrayscale(image: Float32Array, change: (grays: Float32Array) => void = () => {}): void {
  const pixels = image.length / 3;
  const grays = image.subarray(0, pixels);
  for (let i = 0; i < pixels; i++) grays[i] = gray(image[3 * i]!, image[3 * i + 1]!, image[3 * i + 2]!);
  change(grays);
  // From the end, since the grays lie where the first pixels go.
  for (let i = pixels - 1; i >= 0; i--) {
    const value = grays[i]!;
    setPixel(image, 3 * i, value, value, value);
  }
}

/** Multiplies every value and adds to it, four at a time. */
function stretch(image: Float32Array, factor: number, offset: number): void {
  const fours = image.length - (image.length % 4);
  for (let i = 0; i < fours; i += 4) {
    image[i] = clip(factor * image[i]! + offset);
    image[i + 1] = clip(factor * image[i + 1]! + offset);
    image[i + 2] = clip(factor * image[i + 2]! + offset);
    image[i + 3] = clip(factor * image[i + 3]! + offset);
  }
  for (let i = fours; i < image.length; i++) image[i] = clip(factor * image[i]! + offset);
}

function setPixel(image: Float32Array, at: number, red: number, green: number, blue: number): void {
  image[at] = red;
  image[at + 1] = green;
  image[at + 2] = blue;
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
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
