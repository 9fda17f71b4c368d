// The loop of the protocol in ../README.md: one JSON object a line in, one a line out, in order.
//
// A subject's file exports its library: name, version and operations. An operation is a function
// that takes a request, does what is done once (keys are imported), and returns the function that
// handles a message; so that `bench` times what the answers come from.

import { createInterface } from 'node:readline';
import { bench } from './bench.mjs';
import { Unsupported } from './common.mjs';
import * as httpSignatures from './httpsig.mjs';
import * as jose from './jose.mjs';

const peers = new Map([jose, httpSignatures].map((peer) => [peer.name, peer]));

function hello() {
  return {
    driver: 'node',
    language: `JavaScript, Node.js ${process.version}`,
    peers: [...peers.values()].map(({ name, version, operations }) => ({
      name,
      version,
      ops: [...Object.keys(operations), 'bench'],
    })),
  };
}

async function answer(request) {
  if (request.op === 'hello') return hello();
  const peer = peers.get(request.peer);
  if (!peer) throw new Unsupported(`no library ${request.peer}`);
  const isBench = request.op === 'bench';
  const prepare = peer.operations[isBench ? request.of : request.op];
  if (!prepare) throw new Unsupported(`${peer.name} has no ${isBench ? request.of : request.op}`);
  const handle = await prepare(request);
  return isBench ? bench(handle, request.seconds) : handle();
}

function refusal(error) {
  if (error instanceof Unsupported) return { ok: false, unsupported: error.message };
  const code = error?.code ? `${error.code}: ` : '';
  return { ok: false, error: `${code}${error?.message || error}` };
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let result;
  try {
    result = { ok: true, ...(await answer(JSON.parse(line))) };
  } catch (error) {
    result = refusal(error);
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
