// What TensorFlow.js computes with networks in its own layers format.
//   npm install @tensorflow/tfjs@4.22.0; node make.mjs PACKAGES
// PACKAGES: as packaging/fetch esrgan fills it. Writes small/ (a network of every kind of layer, random weights) and for each
// network a safetensors file: low [H,W,3] U8, high [sH,sW,3] F32 on the scale of 0..255.
import * as tf from '@tensorflow/tfjs';
import fs from 'node:fs';

let state = 2024;
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;

const node = (class_name, config, from) => ({
  class_name, config: {name: config.name, trainable: true, dtype: 'float32', ...config}, name: config.name,
  inbound_nodes: from.length ? [from.map((each) => [each, 0, 0, {}])] : []});
const conv = (name, from, filters, size, padding = 'same') => node('Conv2D', {
  name, filters, kernel_size: [size, size], strides: [1, 1], padding, data_format: 'channels_last', dilation_rate: [1, 1],
  groups: 1, activation: 'linear', use_bias: true}, [from]);
const relu = (name, from) => node('Activation', {name, activation: 'relu'}, [from]);
const layers = [
  {class_name: 'InputLayer', name: 'LR', inbound_nodes: [],
    config: {batch_input_shape: [null, null, null, 3], dtype: 'float32', sparse: false, ragged: false, name: 'LR'}},
  conv('F_0', 'LR', 6, 3), conv('F_1', 'F_0', 4, 3), relu('F_1_Relu', 'F_1'),
  node('Concatenate', {name: 'Concat', axis: 3}, ['F_0', 'F_1_Relu']), conv('LFF', 'Concat', 6, 1, 'valid'),
  node('Add', {name: 'LRL'}, ['LFF', 'F_0']), conv('UPN', 'LRL', 5, 5), relu('UPN_Relu', 'UPN'),
  node('UpSampling2D', {name: 'UPsample', size: [3, 3], data_format: 'channels_last', interpolation: 'nearest'}, ['UPN_Relu']),
  conv('SR', 'UPsample', 3, 3)];
const shapes = {F_0: [3, 3, 3, 6], F_1: [3, 3, 6, 4], LFF: [1, 1, 10, 6], UPN: [5, 5, 6, 5], SR: [3, 3, 5, 3]};

function writeSmall() {
  const weights = [], values = [];
  for (const [name, shape] of Object.entries(shapes))
    for (const [part, size] of [['kernel', shape], ['bias', [shape[3]]]]) {
      weights.push({name: `${name}/${part}`, shape: size, dtype: 'float32'});
      const count = size.reduce((a, b) => a * b), reach = part === 'bias' ? 1 : 1 / Math.sqrt(count / shape[3]);
      for (let i = 0; i < count; ++i) values.push((2 * random() - 1) * reach);
    }
  fs.mkdirSync('small', {recursive: true});
  fs.writeFileSync('small/model.json', JSON.stringify({format: 'layers-model', modelTopology: {keras_version: '2.10.0',
    backend: 'tensorflow', model_config: {class_name: 'Functional', config: {name: 'generator', layers,
      input_layers: [['LR', 0, 0]], output_layers: [['SR', 0, 0]]}}},
    weightsManifest: [{paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'], weights}]}));
  const bytes = Buffer.from(Float32Array.from(values).buffer);
  fs.writeFileSync('small/group1-shard1of2.bin', bytes.subarray(0, 1001)); // in the middle of a number
  fs.writeFileSync('small/group1-shard2of2.bin', bytes.subarray(1001));
}

async function load(folder) {
  const json = JSON.parse(fs.readFileSync(`${folder}/model.json`));
  const specs = json.weightsManifest.flatMap((group) => group.weights);
  const files = json.weightsManifest.flatMap((group) => group.paths).map((path) => fs.readFileSync(`${folder}/${path}`));
  const data = Uint8Array.from(Buffer.concat(files)).buffer;
  return tf.loadLayersModel(tf.io.fromMemory({modelTopology: json.modelTopology, weightSpecs: specs, weightData: data}));
}

function safetensors(path, tensors) {
  const header = {};
  let end = 0;
  for (const {name, dtype, shape, bytes} of tensors)
    header[name] = {dtype, shape, data_offsets: [end, end += bytes.length]};
  let text = JSON.stringify(header);
  text += ' '.repeat((8 - text.length % 8) % 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  fs.writeFileSync(path, Buffer.concat([length, Buffer.from(text), ...tensors.map(({bytes}) => bytes)]));
}

// A ramp, an edge and noise.
function lowPicture(height, width) {
  const low = new Uint8Array(height * width * 3);
  for (let i = 0; i < low.length; ++i) {
    const c = i % 3, x = Math.floor(i / 3) % width, y = Math.floor(i / 3 / width);
    low[i] = Math.floor(40 + 12 * x + (c === 1 ? -6 : 5) * y + (x > y ? 40 : 0) + 20 * random());
  }
  return low;
}

async function writePair(name, folder, height, width) {
  const low = lowPicture(height, width);
  const model = await load(folder);
  const high = model.predict(tf.tensor4d(Float32Array.from(low), [1, height, width, 3]));
  safetensors(`${name}.safetensors`, [
    {name: 'high', dtype: 'F32', shape: high.shape.slice(1), bytes: Buffer.from(high.dataSync().slice().buffer)},
    {name: 'low', dtype: 'U8', shape: [height, width, 3], bytes: Buffer.from(low)}]);
  console.log(name, high.shape, high.dataSync().slice(0, 3));
}

await tf.setBackend('cpu');
writeSmall();
await writePair('small', 'small', 7, 9);
for (const size of ['slim', 'medium'])
  for (const scale of [2, 3, 4, 8])
    await writePair(`esrgan-${size}-x${scale}`, `${process.argv[2]}/upscalerjs-esrgan-${size}/package/models/x${scale}`,
      scale === 8 ? 3 : 9, scale === 8 ? 4 : 12);
