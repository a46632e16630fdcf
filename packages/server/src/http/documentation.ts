import type { FastifyInstance } from 'fastify';

export function registerDocumentation(_app: FastifyInstance): void {}
