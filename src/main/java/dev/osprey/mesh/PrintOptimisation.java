package dev.osprey.mesh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A mesh made ready for the {@link Printer}: laid on its largest triangle, small enough, in the middle of the plate.
 *
 * @param operations what was done, in words
 * @param estimate with the printer's own layers
 */
public record PrintOptimisation(Mesh mesh, List<String> operations, PrintEstimate estimate) {

    private static final double[] DOWN = {0, 0, -1};

    /** @param repaired as {@link Repair} leaves it; the estimates mean little otherwise */
    public static PrintOptimisation of(Mesh repaired) {
        List<String> operations = new ArrayList<>();
        double[] turn = turn(largestNormal(repaired));
        Mesh turned = repaired;
        if (turn[0] != 1 || turn[4] != 1 || turn[8] != 1) {
            turned = repaired.transformed(new double[] {
                turn[0], turn[1], turn[2], 0, turn[3], turn[4], turn[5], 0, turn[6], turn[7], turn[8], 0
            });
            operations.add("Rotated the largest face onto the build plate");
        }
        Bounds bounds = turned.bounds();
        double scale = scale(bounds);
        if (scale != 1) {
            operations.add(String.format(Locale.ROOT, "Scaled by %.4f to fit the printer", scale));
        }
        Mesh placed = turned.transformed(new double[] {
            scale,
            0,
            0,
            -scale * (bounds.minX() + bounds.maxX()) / 2,
            0,
            scale,
            0,
            -scale * (bounds.minY() + bounds.maxY()) / 2,
            0,
            0,
            scale,
            -scale * bounds.minZ()
        });
        operations.add("Centred on the build plate");
        return new PrintOptimisation(
                placed, List.copyOf(operations), PrintEstimate.of(placed, Printer.LAYER_MILLIMETRES));
    }

    /** Of the first of the largest triangles; downward already when there is none with an area. */
    private static double[] largestNormal(Mesh mesh) {
        double[] largest = DOWN;
        double most = 0;
        for (int i = 0; i < mesh.corners().length; i += 3) {
            double[] normal =
                    Vectors.normal(mesh.positions(), mesh.corners()[i], mesh.corners()[i + 1], mesh.corners()[i + 2]);
            double length = Vectors.length(normal);
            if (length > most) {
                most = length;
                largest = normal;
            }
        }
        return Vectors.unit(largest);
    }

    /** float64 [3, 3], the shortest rotation of a unit vector to -z (Rodrigues' formula with the axis normal × -z). */
    private static double[] turn(double[] normal) {
        if (normal[2] >= 1) {
            return new double[] {1, 0, 0, 0, -1, 0, 0, 0, -1};
        }
        double x = -normal[1];
        double y = normal[0];
        double k = 1 / (1 - normal[2]);
        return new double[] {1 - k * y * y, k * x * y, y, k * x * y, 1 - k * x * x, -x, -y, x, 1 - k * (x * x + y * y)};
    }

    private static double scale(Bounds bounds) {
        double room = Math.min(
                Printer.WIDTH / bounds.width(),
                Math.min(Printer.HEIGHT / bounds.height(), Printer.DEPTH / bounds.depth()));
        // Without an extent there is all the room in the world, which is no number to multiply by.
        return Printer.USABLE * room < 1 ? Printer.USABLE * room : 1;
    }
}
