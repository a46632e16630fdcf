/** The HTTP side of the service: the same commands, signing in, health, documentation, and the web app. */
import type { IncomingHttpHeaders } from 'node:http';
import { KithError, limits, newId } from '@kith/protocol';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { Accounts } from '../accounts/accounts.ts';
import type { ApiCaller } from '../accounts/tenants/apiKeys.ts';
import type { Operator } from '../accounts/tenants/operator.ts';
import type { Admin } from '../admin/admin.ts';
import type { Config } from '../config.ts';
import { isDeeperThan } from '../gateway/inbound.ts';
import type { RateLimiter } from '../limits/rateLimiter.ts';
import type { Services } from '../services.ts';
import { registerAdmin } from './adminRoutes.ts';
import { registerAuth } from './authRoutes.ts';
import { registerBlobs } from './blobRoutes.ts';
import { registerCommands } from './commandRoutes.ts';
import { registerCors } from './cors.ts';
import { registerDocumentation } from './documentation.ts';
import { refuseConnection, sendError } from './errors.ts';
import { registerFiles } from './fileRoutes.ts';
import { registerGifs } from './gifRoutes.ts';
import { registerHealth } from './health.ts';
import { registerHostTokens } from './hostTokenRoutes.ts';
import type { Pace } from './idle.ts';
import { type Metrics, registerMetrics } from './metrics.ts';
import { registerOperator } from './operatorRoutes.ts';
import { registerOutside } from './outsideRoutes.ts';
import { registerSecurityHeaders, securityHeaders } from './securityHeaders.ts';
import { endAnswered, refuseSlowBodies } from './slowBodies.ts';
import { registerUploads } from './uploadRoutes.ts';
import { registerWebApp } from './webApp.ts';

export interface HttpDependencies {
  readonly services: Services;
  readonly accounts: Accounts;
  /** For backends of hosts; absent: there are none. */
  readonly admin?: {
    readonly answers: Admin;
    /** Whose key it is; null: nobody's. */
    findKey(key: string): Promise<ApiCaller | null>;
  };
  /** Absent: tenants are not managed over HTTP. */
  readonly operator?: Operator;
  readonly limiter: RateLimiter;
  readonly config: Pick<
    Config,
    'publicOrigins' | 'trustedProxies' | 'metricsToken' | 'operatorToken' | 's3Direct' | 's3Url'
  >;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The built web app. */
  readonly webRoot: string;
  readonly isDraining: () => boolean;
  /** How long connections are kept that do nothing; absent: as is right outside of tests. */
  readonly connections?: { readonly keepAliveMs?: number; readonly lingerMs?: number; readonly pace?: Pace };
}

/** Longer than the longest path parameter can be: an emoji of `limits.emojiLength` units, each percent-encoded. */
const MAX_PARAM_LENGTH = 512;
/** Longer than proxies keep theirs, which would else send a request into one that closes, ms. */
const KEEP_ALIVE_MS = 72_000;

/** Routes and all, not yet listening. */
export async function createHttpApp(dependencies: HttpDependencies): Promise<FastifyInstance> {
  const { keepAliveMs = KEEP_ALIVE_MS, lingerMs } = dependencies.connections ?? {};
  const headersFor = securityHeaders(dependencies.config);
  const app: FastifyInstance = Fastify({
    loggerInstance: dependencies.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestId,
    bodyLimit: limits.frameBytes,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    exposeHeadRoutes: false,
    // Of headers; bodies have their own (slowBodies.ts).
    requestTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => {
      endAnswered(request.raw, reply.raw, lingerMs);
      // No hook comes by here.
      reply.headers(headersFor(request.headers));
      sendError(request, reply, error);
    },
  });

  app.setErrorHandler((error, request, reply) => sendError(request, reply, error));
  refuseSlowBodies(app, lingerMs);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (dependencies.isDraining() && request.url.startsWith('/v1/')) {
      reply.header('connection', 'close');
      throw new KithError('draining', { retryAfterMs: 1_000 });
    }
  });
  registerSecurityHeaders(app, headersFor);
  registerCors(app, dependencies);
  registerJson(app);

  registerHealth(app, dependencies);
  registerMetrics(app, dependencies);
  registerAuth(app, dependencies);
  registerOutside(app, dependencies);
  registerHostTokens(app, dependencies);
  registerOperator(app, dependencies);
  registerAdmin(app, dependencies);
  registerCommands(app, dependencies);
  registerBlobs(app, dependencies);
  registerUploads(app, dependencies);
  registerFiles(app, dependencies);
  registerGifs(app, dependencies);
  registerDocumentation(app);
  await registerWebApp(app, dependencies.webRoot);
  return app;
}

/** A proxy in front may have named the request; whatever else a stranger says there is not for a log. */
const REQUEST_ID = /^[\w.-]{8,64}$/;

function requestId({ headers }: { readonly headers: IncomingHttpHeaders }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON is the only body we read. An empty one is none: some clients name a type and send nothing. */
function registerJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(utf8.decode(body as Buffer)));
    } catch (error) {
      const known = error instanceof KithError;
      done(known ? error : new KithError('bad_input', { message: 'The body is not JSON in UTF-8.' }));
    }
  });
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  if (isDeeperThan(text, limits.frameDepth)) {
    throw new KithError('bad_input', { message: 'The body nests too deep.' });
  }
  return JSON.parse(text);
}
