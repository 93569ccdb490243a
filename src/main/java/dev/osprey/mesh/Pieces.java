package dev.osprey.mesh;

import java.util.Arrays;
import java.util.BitSet;

/** What of a mesh hangs together by edges of two triangles; edges of more part it. */
final class Pieces {

    /** Below this part of the area to the power 3/2, a volume is as good as none; a sphere's is 0.094. */
    private static final double LEAST_VOLUME = 1e-7;

    private final Triangles triangles;
    private final Sides sides;
    private final int[] numbers;
    /** Whether a triangle faces the other way than the first of its piece. */
    private final boolean[] reversed;

    private int count;
    private int[] sizes = new int[16];
    private int conflicts;

    Pieces(Triangles triangles, Sides sides) {
        this.triangles = triangles;
        this.sides = sides;
        numbers = new int[triangles.count()];
        reversed = new boolean[triangles.count()];
        Arrays.fill(numbers, -1);
        int[] waiting = new int[triangles.count()];
        for (int first = 0; first < numbers.length; first++) {
            if (numbers[first] < 0) {
                number(first, waiting);
            }
        }
        conflicts /= 2;
    }

    private void number(int first, int[] waiting) {
        if (count == sizes.length) {
            sizes = Arrays.copyOf(sizes, 2 * count);
        }
        int size = 1;
        waiting[0] = first;
        numbers[first] = count;
        for (int next = 0; next < size; next++) {
            int triangle = waiting[next];
            for (int side = 3 * triangle; side < 3 * triangle + 3; side++) {
                int partner = sides.partner(side);
                if (partner >= 0) {
                    boolean reverse = reversed[triangle] == sides.oppose(side, partner);
                    if (numbers[partner / 3] < 0) {
                        numbers[partner / 3] = count;
                        reversed[partner / 3] = reverse;
                        waiting[size++] = partner / 3;
                    } else if (reversed[partner / 3] != reverse) {
                        conflicts++;
                    }
                }
            }
        }
        sizes[count++] = size;
    }

    int count() {
        return count;
    }

    int of(int triangle) {
        return numbers[triangle];
    }

    int size(int piece) {
        return sizes[piece];
    }

    /** Edges whose two triangles cannot face the same way, as on a Möbius band. */
    int conflicts() {
        return conflicts;
    }

    /** Turns, in each piece, those triangles that face the other way than most of it. */
    void makeConsistent() {
        int[] votes = new int[count];
        for (int triangle = 0; triangle < numbers.length; triangle++) {
            votes[numbers[triangle]] += reversed[triangle] ? 1 : -1;
        }
        for (int triangle = 0; triangle < numbers.length; triangle++) {
            if (reversed[triangle] != votes[numbers[triangle]] > 0) {
                triangles.turn(triangle);
            }
        }
    }

    /** Pieces all of whose edges are of two triangles. */
    BitSet closed() {
        BitSet closed = new BitSet(count);
        closed.set(0, count);
        for (int side = 0; side < 3 * numbers.length; side++) {
            if (sides.partner(side) < 0) {
                closed.clear(numbers[side / 3]);
            }
        }
        return closed;
    }

    double[] areas() {
        double[] areas = new double[count];
        for (int triangle = 0; triangle < numbers.length; triangle++) {
            areas[numbers[triangle]] += triangles.area(triangle);
        }
        return areas;
    }

    /** float64 [pieces, 6]: the least x, y, z and the greatest. */
    double[][] boxes() {
        double[][] boxes = new double[count][];
        for (int side = 0; side < 3 * numbers.length; side++) {
            double[] place = triangles.place(triangles.corner(side));
            double[] box = boxes[numbers[side / 3]];
            if (box == null) {
                box = new double[] {place[0], place[1], place[2], place[0], place[1], place[2]};
                boxes[numbers[side / 3]] = box;
            }
            for (int axis = 0; axis < 3; axis++) {
                box[axis] = Math.min(box[axis], place[axis]);
                box[3 + axis] = Math.max(box[3 + axis], place[axis]);
            }
        }
        return boxes;
    }

    /** In cubic millimetres, negative when inside out; of an open piece what lies before the middle of its box; 0 if flat. */
    double[] volumes() {
        double[] volumes = new double[count];
        double[] areas = areas();
        double[][] boxes = boxes();
        for (int triangle = 0; triangle < numbers.length; triangle++) {
            int piece = numbers[triangle];
            double[] normal = triangles.normal(triangle);
            double[] place = triangles.place(triangles.corner(3 * triangle));
            for (int axis = 0; axis < 3; axis++) {
                volumes[piece] += (place[axis] - (boxes[piece][axis] + boxes[piece][3 + axis]) / 2) * normal[axis] / 6;
            }
        }
        for (int piece = 0; piece < count; piece++) {
            if (Math.abs(volumes[piece]) < LEAST_VOLUME * Math.pow(areas[piece], 1.5)) {
                volumes[piece] = 0;
            }
        }
        return volumes;
    }
}
