/** The environment as it is handed in: only main files read `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;
