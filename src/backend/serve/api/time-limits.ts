/**
 * Window and validity of a job. RainMaker's cloud only passes them on, inside the metadata; the plain API names them
 * beside it. The books keep RainMaker's form, so that either kind of node can be served either kind of job.
 */
type Fields = Readonly<Record<string, unknown>>;

export interface TimeLimits {
  readonly window?: Fields | undefined;
  readonly validity?: Fields | undefined;
  readonly metadata?: Fields | undefined;
}

/** One object as the books keep it; undefined where nothing is in it. */
export function timeLimitsToMetadata({ window, validity, metadata }: TimeLimits): Fields | undefined {
  const merged = {
    ...metadata,
    ...(window === undefined ? {} : { download_window: window }),
    ...(validity === undefined ? {} : { validity }),
  };
  return Object.keys(merged).length === 0 ? undefined : merged;
}

/** The three parts of a job's metadata text, each only where it is there. */
export function timeLimitsOf(metadataText: string): Fields {
  if (metadataText === "") return {};
  const { download_window: window, validity, ...metadata } = JSON.parse(metadataText) as Record<string, unknown>;
  return {
    ...(window === undefined ? {} : { window }),
    ...(validity === undefined ? {} : { validity }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}
