import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { afterEachFile } from './after-each-file.ts';

/** What a provider says of somebody. */
export interface Known {
  email?: string;
  email_verified?: boolean;
  preferred_username?: string;
  name?: string;
}

const running = new Set<Server>();

/** A real OpenID Connect provider on a free port. It answers 503 until it is opened. */
export class TestProvider {
  readonly issuer: string;
  readonly client_id = 'jobyard';
  readonly client_secret = 'a secret of the provider and of Jobyard';
  /** Whom it knows, by the name that never changes. */
  readonly people = new Map<string, Known>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', away);
  }

  static async start(): Promise<TestProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    running.add(server);
    return new TestProvider(server);
  }

  /** Lets in; people are sent back to these addresses alone. */
  open(redirect_uris: string[]): void {
    const { client_id, client_secret, people } = this;
    const provider = new Provider(this.issuer, {
      clients: [{ client_id, client_secret, redirect_uris }],
      claims: { email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
      findAccount: async (_, sub) => {
        const known = people.get(sub);
        return known && { accountId: sub, claims: async () => ({ sub, ...known }) };
      },
      cookies: { keys: ['a key of the tests'] },
      pkce: { required: () => true },
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    });
    this.#server.off('request', away).on('request', provider.callback());
  }
}

const away: RequestListener = (_, response) => {
  response.statusCode = 503;
  response.end();
};

afterEachFile(() => {
  for (const server of running) server.close().closeAllConnections();
  running.clear();
});
