/** Stands for the embedded database in builds that leave its 20 MB out. */
export const PGlite = {
  create(): never {
    throw new Error('The embedded database is not part of this build: set DATABASE_URL=postgres://…');
  },
};

/** drizzle reads the numbers of some types when it is loaded. */
export const types = {};
