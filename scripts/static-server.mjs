#!/usr/bin/env node
// A plain static server, as any host would be: no special headers, no routes.
// usage: static-server.mjs [--port N] [--prefix /some/sub/path/] DIR    (port 0 picks a free one; the address is printed when it answers)
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const TYPES = {
  css: 'text/css; charset=utf-8', csv: 'text/csv; charset=utf-8', html: 'text/html; charset=utf-8', ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8', json: 'application/json', mjs: 'text/javascript; charset=utf-8', png: 'image/png',
  svg: 'image/svg+xml', txt: 'text/plain; charset=utf-8', wasm: 'application/wasm', webmanifest: 'application/manifest+json',
  woff2: 'font/woff2', xml: 'application/xml',
};
const INCOMPRESSIBLE = new Set(['png', 'woff2', 'ico']);
const gzip = promisify(zlib.gzip);

/** The file for a path below the prefix: `{ file }`, `{ redirect }`, or `{}` for a miss. Never leaves `root`. */
function find(root, relative) {
  const file = path.resolve(root, './' + relative);
  if (file !== root && !file.startsWith(root + path.sep)) return {};
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    if (relative !== '' && !relative.endsWith('/')) return { redirect: true };
    const index = path.join(file, 'index.html');
    return fs.existsSync(index) ? { file: index } : {};
  }
  return stat?.isFile() && !relative.endsWith('/') ? { file } : {};
}

async function send(request, response, status, file) {
  const extension = path.extname(file).slice(1);
  const body = await fs.promises.readFile(file);
  const headers = { 'content-type': TYPES[extension] ?? 'application/octet-stream', 'cache-control': 'no-cache', vary: 'accept-encoding' };
  const zipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') && !INCOMPRESSIBLE.has(extension);
  if (zipped) headers['content-encoding'] = 'gzip';
  const bytes = zipped ? await gzip(body, { level: 9 }) : body;
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

async function answer(root, prefix, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return response.writeHead(405).end();
  const url = new URL(request.url, 'http://localhost');
  let pathname;
  try {
    pathname = decodeURIComponent(url.pathname);
  } catch {
    return response.writeHead(400).end();
  }
  if (pathname + '/' === prefix) return response.writeHead(301, { location: prefix + url.search }).end();
  const found = pathname.startsWith(prefix) ? find(root, pathname.slice(prefix.length)) : {};
  if (found.redirect) return response.writeHead(301, { location: url.pathname + '/' + url.search }).end();
  if (found.file) return send(request, response, 200, found.file);
  const missing = path.join(root, '404.html');
  if (pathname.startsWith(prefix) && fs.existsSync(missing)) return send(request, response, 404, missing);
  response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
}

/** Serves `dir` below `prefix` on 127.0.0.1; resolves to `{ address, close }` once it answers. */
export function serve(dir, { port = 0, prefix = '/' } = {}) {
  const root = path.resolve(dir);
  const base = `/${prefix}/`.replace(/\/+/g, '/');
  const server = http.createServer((request, response) =>
    answer(root, base, request, response).catch(error => {
      console.error(`${request.url}: ${error.message}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const close = () => new Promise(done => {
        server.close(done);
        server.closeAllConnections();
      });
      resolve({ address: `http://127.0.0.1:${server.address().port}${base}`, close });
    });
  });
}

function fail(message, status) {
  console.error(message);
  process.exit(status);
}

async function main(args) {
  const options = {};
  let dir;
  while (args.length > 0) {
    const [name, inline] = args.shift().split(/=(.*)/s);
    if (name === '--port') options.port = Number(inline ?? args.shift());
    else if (name === '--prefix') options.prefix = inline ?? args.shift();
    else dir = name;
  }
  if (!dir || !Number.isInteger(options.port ?? 8080)) fail('usage: static-server.mjs [--port N] [--prefix /some/sub/path/] DIR', 2);
  if (!fs.existsSync(dir)) fail(`${dir} does not exist`, 1);
  const port = options.port ?? 8080;
  const { address } = await serve(dir, { ...options, port }).catch(error =>
    fail(error.code === 'EADDRINUSE' ? `port ${port} is in use: choose another with --port N` : error.message, 1));
  console.log(`serving ${address}`);
}

if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) await main(process.argv.slice(2));
