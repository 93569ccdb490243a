package dev.osprey.mesh;

/**
 * What printing a mesh as it stands takes, by the studio protocol's rules, section 6.3.
 *
 * @param layers as many as fit into its height
 * @param hours at 8 s a layer
 * @param resinMillilitres of the solid itself, without supports
 * @param supportsNeeded whether a triangle's normal is within 50° of straight down; what it stands on counts too
 */
public record PrintEstimate(long layers, double hours, double resinMillilitres, boolean supportsNeeded) {

    private static final double STEEP = -Math.cos(Math.toRadians(50));

    /** @param layerMillimetres more than 0, such as {@link Printer#LAYER_MILLIMETRES} */
    public static PrintEstimate of(Mesh mesh, double layerMillimetres) {
        if (!(layerMillimetres > 0)) {
            throw new IllegalArgumentException("Layers of %s mm".formatted(layerMillimetres));
        }
        MeshAnalysis analysis = MeshAnalysis.of(mesh);
        long layers = (long) (analysis.bounds().depth() / layerMillimetres);
        return new PrintEstimate(
                layers,
                layers * Printer.SECONDS_A_LAYER / 3600,
                analysis.watertight() ? Math.abs(analysis.volume()) / 1000 : 0,
                hangsOver(mesh));
    }

    private static boolean hangsOver(Mesh mesh) {
        for (int triangle = 0; triangle < mesh.triangles(); triangle++) {
            if (Vectors.unitNormal(mesh, triangle)[2] < STEEP) {
                return true;
            }
        }
        return false;
    }
}
