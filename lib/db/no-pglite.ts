/** Replaces the embedded database in builds without its 20 MB. */
export const PGlite = {
  create(): never {
    throw new Error('The embedded database is not part of this build: set DATABASE_URL=postgres://…');
  },
};

/** drizzle reads the numbers of some types when it loads. */
export const types = {};
