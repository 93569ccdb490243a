package dev.osprey.mesh;

/** A box along the axes, in millimetres. */
public record Bounds(double minX, double minY, double minZ, double maxX, double maxY, double maxZ) {

    public double width() {
        return maxX - minX;
    }

    public double height() {
        return maxY - minY;
    }

    public double depth() {
        return maxZ - minZ;
    }
}
