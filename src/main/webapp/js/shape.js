/** Triangles from a file: binary glTF as Osprey writes it, and STL, binary or text. Only what the viewer needs of both. */

/**
 * @typedef {object} Shape
 * @property {Float32Array} positions x, y, z of each vertex, in the file's own numbers: millimetres
 * @property {?Uint32Array} corners three vertices a triangle; without, each three vertices in turn are one
 * @property {?Float32Array} normals
 * @property {?Float32Array} places u, v of each vertex in the picture, from its upper left corner
 * @property {?{values: Uint16Array, size: number}} colours linear, 65535 is one
 * @property {?Blob} picture
 */

const GLB_MAGIC = 0x46546c67;
const CHUNK_JSON = 0x4e4f534a;
const CHUNK_BINARY = 0x004e4942;
const GLB_HEADER = 12;
const CHUNK_HEADER = 8;
const SIZES = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4 };
const COMPONENTS = { 5121: Uint8Array, 5123: Uint16Array, 5125: Uint32Array, 5126: Float32Array };

const STL_HEADER = 84;
const STL_TRIANGLE = 50;

/** @param {number} millimetres */
export const inWords = (millimetres) => `${millimetres < 1_000 ? millimetres.toFixed(1) : Math.round(millimetres)} mm`;

/** @param {Shape} shape */
export const trianglesOf = ({ positions, corners }) => (corners ?? positions).length / (corners ? 3 : 9);

/**
 * @param {ArrayBuffer} file
 * @returns {Shape}
 * @throws {Error} whose message tells what is wrong
 */
export function readGlb(file) {
  const view = new DataView(file);
  if (file.byteLength < GLB_HEADER + CHUNK_HEADER || view.getUint32(0, true) !== GLB_MAGIC) {
    throw new Error('It is no binary glTF.');
  }
  const chunks = {};
  for (let at = GLB_HEADER; at + CHUNK_HEADER <= file.byteLength;) {
    const length = view.getUint32(at, true);
    chunks[view.getUint32(at + 4, true)] = file.slice(at + CHUNK_HEADER, at + CHUNK_HEADER + length);
    at += CHUNK_HEADER + length;
  }
  const document = JSON.parse(new TextDecoder().decode(chunks[CHUNK_JSON]));
  const binary = chunks[CHUNK_BINARY];
  const { attributes, indices, material } = document.meshes[0].primitives[0];
  const read = (index) => (index === undefined ? null : accessor(document, binary, index));
  const colours = attributes.COLOR_0 === undefined ? null : { values: read(attributes.COLOR_0), size: SIZES[document.accessors[attributes.COLOR_0].type] };
  return {
    positions: read(attributes.POSITION),
    corners: indices === undefined ? null : Uint32Array.from(read(indices)),
    normals: read(attributes.NORMAL),
    places: read(attributes.TEXCOORD_0),
    colours: colours?.values instanceof Uint16Array ? colours : null,
    picture: picture(document, binary, material),
  };
}

function accessor({ accessors, bufferViews }, binary, index) {
  const { bufferView, byteOffset = 0, componentType, count, type } = accessors[index];
  const view = bufferViews[bufferView];
  if (view.byteStride) {
    throw new Error('Its numbers are interleaved, which is not read here.');
  }
  const Numbers = COMPONENTS[componentType];
  return new Numbers(binary, (view.byteOffset ?? 0) + byteOffset, count * SIZES[type]);
}

function picture({ materials, textures, images, bufferViews }, binary, material) {
  const texture = materials?.[material]?.pbrMetallicRoughness?.baseColorTexture;
  const image = texture && images[textures[texture.index].source];
  if (!image) {
    return null;
  }
  const { byteOffset = 0, byteLength } = bufferViews[image.bufferView];
  return new Blob([new Uint8Array(binary, byteOffset, byteLength)], { type: image.mimeType });
}

/**
 * @param {ArrayBuffer} file
 * @returns {Shape}
 * @throws {Error} whose message tells what is wrong
 */
export function readStl(file) {
  const count = file.byteLength >= STL_HEADER ? new DataView(file).getUint32(STL_HEADER - 4, true) : -1;
  // Some binary files begin with “solid” as text does; none but they have just this length.
  const positions = file.byteLength === STL_HEADER + STL_TRIANGLE * count ? binaryStl(file, count) : textStl(file);
  if (positions.length === 0 || positions.length % 9 || positions.some(Number.isNaN)) {
    throw new Error('It is no STL file, or has no triangle.');
  }
  return { positions, corners: null, normals: null, places: null, colours: null, picture: null };
}

function binaryStl(file, count) {
  const view = new DataView(file);
  const positions = new Float32Array(9 * count);
  for (let triangle = 0; triangle < count; triangle++) {
    // After the normal, which is computed anew.
    const at = STL_HEADER + STL_TRIANGLE * triangle + 12;
    for (let k = 0; k < 9; k++) {
      positions[9 * triangle + k] = view.getFloat32(at + 4 * k, true);
    }
  }
  return positions;
}

function textStl(file) {
  const vertices = new TextDecoder().decode(file).matchAll(/\bvertex\s+(\S+)\s+(\S+)\s+(\S+)/gi);
  return Float32Array.from([...vertices].flatMap(([, x, y, z]) => [Number(x), Number(y), Number(z)]));
}

/**
 * @param {Float32Array} positions
 * @returns {{min: number[], max: number[], size: number[]}}
 */
export function bounds(positions) {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let k = 0; k < positions.length; k++) {
    min[k % 3] = Math.min(min[k % 3], positions[k]);
    max[k % 3] = Math.max(max[k % 3], positions[k]);
  }
  return { min, max, size: max.map((most, axis) => most - min[axis]) };
}
