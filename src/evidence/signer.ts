import type { PublicKey } from './public-key.ts';

/** Something that signs with an Ed25519 key, wherever that is kept. */
export interface Signer {
  readonly keyId: string;
  readonly publicKey: PublicKey;
  /** The 64 bytes of a signature over these bytes. Throws a DrillError when there is none to be had. */
  sign(bytes: Uint8Array): Promise<Buffer>;
}

/** What signers of all kinds are made with. */
export interface SignerServices {
  readonly env: NodeJS.ProcessEnv;
  /** Learns the private keys that are read; takes secrets out of what programs say. */
  readonly redactor: { add(secret: string): void; text(text: string): string };
}
