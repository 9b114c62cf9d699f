import type { FastifyInstance } from 'fastify';
import type { Face } from '../../../shared/status.ts';
import type { Logger } from '../../model/log.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { ApiParts } from '../parts.ts';
import { addAlertmanagerRoutes } from './alertmanager-v2.ts';
import { addExemplarRoute } from './exemplars.ts';
import { addFederateRoute } from './federate.ts';
import { addPageRoutes } from './page.ts';
import { addAdminRoutes } from './prometheus-admin.ts';
import { addQueryRoutes } from './prometheus-query.ts';
import { addRuleRoutes } from './prometheus-rules.ts';
import { addSeriesRoutes } from './prometheus-series.ts';
import { addStatusRoutes } from './prometheus-status.ts';
import { addTargetRoutes } from './prometheus-targets.ts';
import { addPushgatewayRoutes, type PushgatewayFace } from './pushgateway.ts';
import { addRemoteReadRoute } from './remote-read.ts';
import { addRemoteWriteRoute } from './remote-write.ts';
import { createServer, listen } from './server.ts';

export interface FacesInside {
  readonly parts: ApiParts;
  readonly dispatcher: Dispatcher;
  readonly pushgateway: PushgatewayFace;
  readonly logger: Logger;
}

/** The web faces of Hearth: each a server of its own on its own port, any of them may be off. */
export class Faces {
  readonly #parts: ApiParts;
  readonly #dispatcher: Dispatcher;
  readonly #pushgateway: PushgatewayFace;
  readonly #logger: Logger;
  #servers: FastifyInstance[] = [];
  #faces: Face[] = [];

  constructor(inside: FacesInside) {
    this.#parts = inside.parts;
    this.#dispatcher = inside.dispatcher;
    this.#pushgateway = inside.pushgateway;
    this.#logger = inside.logger;
  }

  list(): readonly Face[] {
    return this.#faces;
  }

  /** Rejects when a port is taken and no other may be used; faces that listen already are closed again. */
  async start(): Promise<void> {
    const { listen: addresses } = this.#parts.options;
    try {
      await this.#open('prometheus', addresses.prometheus, (app) => this.#addPrometheus(app));
      await this.#open('alertmanager', addresses.alertmanager, (app) => addAlertmanagerRoutes(app, this.#parts));
      await this.#open('pushgateway', addresses.pushgateway, (app) => addPushgatewayRoutes(app, this.#pushgateway));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const servers = this.#servers;
    this.#servers = [];
    await Promise.all(servers.map(close));
  }

  #addPrometheus(app: FastifyInstance): void {
    const { requestCounts } = this.#parts;
    app.addHook('onResponse', async (request, reply) => requestCounts.add(request.routeOptions.url, reply.statusCode));
    addQueryRoutes(app, this.#parts);
    addExemplarRoute(app, this.#parts);
    addSeriesRoutes(app, this.#parts);
    addTargetRoutes(app, this.#parts);
    addRuleRoutes(app, this.#parts);
    addStatusRoutes(app, this.#parts);
    addAdminRoutes(app, this.#parts.tsdb, this.#parts.options.enableAdminApi);
    addFederateRoute(app, this.#parts);
    addRemoteReadRoute(app, this.#parts);
    addRemoteWriteRoute(app, this.#parts.writeReceiver, this.#parts.options.remoteWriteMessages);
    addPageRoutes(app, this.#parts.options.pageDir, this.#dispatcher);
  }

  async #open(name: Face['name'], address: string, addRoutes: (app: FastifyInstance) => void): Promise<void> {
    if (address === '') {
      this.#faces.push({ name, url: '', wantedPort: 0 });
      return;
    }
    const app = createServer(this.#logger);
    addRoutes(app);
    this.#servers.push(app);
    const { url, wantedPort } = await listen(app, address, this.#parts.options.nextFreePort);
    this.#faces.push({ name, url, wantedPort });
  }
}

/** Streams of events and idle connections would keep it open for ever: all are cut. */
async function close(app: FastifyInstance): Promise<void> {
  const closed = app.close();
  app.server.closeAllConnections();
  await closed;
}
