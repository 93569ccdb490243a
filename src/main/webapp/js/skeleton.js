/** Draws hands over a picture: bones and joints, as vectors, so that they are sharp at every size. */

const SVG = 'http://www.w3.org/2000/svg';
const POINTS = 21;
const JOINT_RADIUS = 4.5;

/** The bones by finger, as chains of landmarks. */
const CHAINS = {
  palm: [[0, 5, 9, 13, 17, 0]],
  thumb: [[0, 1, 2, 3, 4]],
  index: [[5, 6, 7, 8]],
  middle: [[9, 10, 11, 12]],
  ring: [[13, 14, 15, 16]],
  pinkie: [[17, 18, 19, 20]],
};

/** @param {number} point */
function fingerOf(point) {
  return Object.keys(CHAINS).findLast((finger) => CHAINS[finger].some((chain) => chain.includes(point)));
}

export class Skeleton {
  /** @type {{group: SVGGElement, bones: {line: SVGPolylineElement, chain: number[]}[], joints: SVGCircleElement[]}[]} */
  #drawn = [];

  /** @param {SVGSVGElement} svg lies over the picture and fits it into its place as the picture is fitted */
  constructor(svg) {
    this.svg = svg;
  }

  /**
   * @param {import('./fingerspelling.js').Hand[]} hands
   * @param {number} width of the picture
   * @param {number} height of the picture
   */
  show(hands, width, height) {
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    while (this.#drawn.length < hands.length) {
      this.#drawn.push(this.#prepare());
    }
    this.#drawn.forEach(({ group, bones, joints }, index) => {
      const landmarks = hands[index]?.landmarks;
      group.style.display = landmarks ? '' : 'none';
      if (landmarks) {
        const spots = landmarks.map(([x, y]) => [x * width, y * height]);
        bones.forEach(({ line, chain }) => line.setAttribute('points', chain.map((point) => spots[point].join()).join(' ')));
        joints.forEach((joint, point) => {
          joint.setAttribute('cx', spots[point][0]);
          joint.setAttribute('cy', spots[point][1]);
        });
      }
    });
    this.svg.dataset.hands = hands.length;
  }

  clear() {
    this.show([], 1, 1);
  }

  #prepare() {
    const group = add(this.svg, 'g', {});
    // Dark casings below all lines, so that these stand out on skin as well as on a white wall.
    const bones = ['casing', 'bone'].flatMap((part) =>
      Object.entries(CHAINS).flatMap(([finger, chains]) =>
        chains.map((chain) => ({ chain, line: add(group, 'polyline', { class: part, 'data-finger': finger }) }))));
    const joints = Array.from({ length: POINTS }, (_, point) =>
      add(group, 'circle', { r: JOINT_RADIUS, 'data-finger': fingerOf(point), 'data-point': point }));
    return { group, bones, joints };
  }
}

/**
 * @param {SVGElement} parent
 * @param {string} name
 * @param {Record<string, string|number>} attributes
 */
function add(parent, name, attributes) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  parent.append(element);
  return element;
}
