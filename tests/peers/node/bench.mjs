// Times an operation: CPU time of the whole process, since WebCrypto works in threads of a pool.

const batches = 7;

function cpuNanoseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

async function batch(handle, iterations) {
  const start = cpuNanoseconds();
  for (let i = 0; i < iterations; i++) await handle();
  return (cpuNanoseconds() - start) / iterations;
}

export async function bench(handle, seconds) {
  // The warm-up lasts as long as a batch, so that the compiler has seen the code, and says how many
  // iterations a batch has.
  const wanted = (seconds * 1000) / (batches + 1);
  const start = performance.now();
  let iterations = 0;
  do {
    await handle();
    iterations++;
  } while (performance.now() - start < wanted);
  const nsPerOp = [];
  for (let i = 0; i < batches; i++) nsPerOp.push(await batch(handle, iterations));
  return { ns_per_op: nsPerOp, cpu: true };
}
