/** Bytes of a file that have arrived. */
export interface DownloadProgress {
  readonly type: 'download';
  /** Name of the file. */
  readonly file: string;
  /** Bytes on disk, those of an earlier attempt included. */
  readonly received: number;
  /** Bytes of the whole file; undefined where the server does not say. */
  readonly total: number | undefined;
}

/** Images of a folder that have been decoded. */
export interface DecodeProgress {
  readonly type: 'decode';
  /** Name of the data set. */
  readonly dataset: string;
  /** Images gone through, those that could not be decoded included. */
  readonly done: number;
  /** Images in the folder. */
  readonly total: number;
}

/** Images that have been found in folders or archives, without reading them. */
export interface IndexProgress {
  readonly type: 'index';
  /** Name of the source. */
  readonly source: string;
  /** Images found so far. */
  readonly images: number;
  /** Class folders, archives within an archive, or shards gone through; for a flat archive its bytes. */
  readonly done: number;
  /** In the unit of `done`. */
  readonly total: number;
}

/** What loading a data set reports while it takes its time. */
export type LoadProgress = DownloadProgress | DecodeProgress | IndexProgress;
