/** What the contestants of views.ts are asked and what they reply: one JSON object a line each. */

export interface ViewsRequest {
  /** Make two views of each image, with every thread; or decode the images one after the other. */
  readonly command: 'views' | 'decode';
}

export interface ViewsTimed {
  readonly seconds: number;
}

/** Images in a batch of views. */
export const batchSize = 64;
