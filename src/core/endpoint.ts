/** Where a server accepts connections. */
export interface Endpoint {
  /** A socket directory, or a host name. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | null;
}
