/** A program for the test of killed trainings: trains with its cache in a folder, and kills itself where told to. */
import { randomFrom } from '../../../src/core/random.ts';
import { digestOf } from '../../../src/models/gan/cache.ts';
import { creativesSchema } from '../../../src/models/gan/config.ts';
import { trainedNetworks } from '../../../src/models/gan/trained-networks.ts';
import { silhouettes } from '../../../src/models/images/silhouettes.ts';
import { splitImages } from '../../../src/models/images/splits.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';

const [cacheFolder, killAt] = process.argv.slice(2);
let first: number | undefined;
const random = randomFrom('killed');
const images = silhouettes(20, random);
const { weights, results } = await trainedNetworks({
  gate: await openTensorGate(['wasm']),
  config: creativesSchema.parse({ steps: 40, batchSize: 8, width: 4, latentSize: 8, classifierSteps: 2 }),
  images,
  splits: splitImages(images, random),
  random,
  cacheFolder,
  onProgress(done, _, stage) {
    if (stage !== 'generator') return;
    first ??= done - 1;
    if (done === Number(killAt)) process.kill(process.pid, 'SIGKILL');
  },
});
const bytes = Object.values(weights).map((list) => list.map((array) => [...array]));
console.log(JSON.stringify({ from: first, digest: digestOf([bytes, results]) }));
